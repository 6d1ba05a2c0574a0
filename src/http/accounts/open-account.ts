import { randomInt } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import type { FromSchema } from 'json-schema-to-ts'
import type { OpenAccount } from '../../ledger/commands/open-account.ts'
import type { Ledger } from '../../service/ledger.ts'
import type { Outcome } from '../../state-machine/outcomes.ts'
import { MAX_REFERENCE_LENGTH } from '../../ledger/postings.ts'
import { Account, accountView } from './account-response.ts'
import { Problem } from '../errors/problem.ts'
import { unwrapOutcome } from '../shared/execute.ts'
import { AmountInput, IdempotencyHeaders, idempotencyKeyFrom, isText, moneyFrom } from '../shared/members.ts'
import { commandErrors, locationHeader, okResponse, replayedHeader } from '../shared/responses.ts'

/** Of ten digits, the first not 0, so that nobody takes a number for a shorter one. */
const LOWEST_NUMBER = 1_000_000_000
const ABOVE_HIGHEST_NUMBER = 10_000_000_000

/** How many numbers are drawn before it is said that they are taken. */
const MAX_ATTEMPTS = 5

const OpeningBody = {
  title: 'AccountOpening',
  type: 'object',
  required: ['name'],
  properties: {
    account_number: {
      type: 'string',
      pattern: '^[A-Za-z0-9][A-Za-z0-9-]{0,33}$',
      description: 'Without it, the account is given a number of 10 digits.',
      examples: ['CH-2048'],
      invalid: ['invalid_account_number'],
    },
    name: {
      type: 'string',
      description: `The holder: 1 to ${MAX_REFERENCE_LENGTH} characters, no control characters. Spaces around it are dropped.`,
      examples: ['Ada Lovelace'],
      invalid: ['invalid_name', `name is required, as text of 1 to ${MAX_REFERENCE_LENGTH} characters`],
    },
    opening_deposit: {
      ...AmountInput,
      description: 'What the holder puts in, the first deposit of the history; 0.00 for none.',
      invalid: ['invalid_amount', 'opening_deposit must be a decimal number such as "10.00"'],
    },
  },
  examples: [{ name: 'Ada Lovelace', opening_deposit: '100.00' }],
  description: 'Unknown members are ignored.',
} as const

interface OpeningRoute {
  Headers: IdempotencyHeaders
  Body: FromSchema<typeof OpeningBody>
  Reply: Account
}

const schema = {
  operationId: 'openAccount',
  summary: 'Open an account',
  description: 'Opens an account with a number of its own. Answered once it is durable.',
  tags: ['accounts'],
  headers: IdempotencyHeaders,
  body: OpeningBody,
  response: {
    201: okResponse('The account.', Account, { ...locationHeader, ...replayedHeader }),
    ...commandErrors('balance_limit_exceeded', 'cash_limit_exceeded', 'account_exists'),
  },
}

/** `draw` gives the number of an account that is to be given one. */
export function openingRoutes(app: FastifyInstance, ledger: Ledger, draw = generatedNumber): void {
  app.post<OpeningRoute>('/accounts', { schema }, async (request, reply) => {
    const { account_number: given, name, opening_deposit: putIn } = request.body
    const holder = nameFrom(name)
    const openingDeposit = putIn === undefined ? 0n : moneyFrom('invalid_amount', 'opening_deposit', putIn)
    const requested: OpenAccount = {
      kind: 'open',
      account: given ?? draw(),
      isNumberAssigned: given === undefined,
      name: holder,
      openingBalance: 0n,
      ...(openingDeposit > 0n && { openingDeposit }),
      ...idempotencyKeyFrom(request.headers),
    }
    const { command, outcome } = await open(ledger, requested, given === undefined ? draw : undefined)
    const { account } = unwrapOutcome(reply, command, outcome, 'opened')
    return reply.status(201).header('location', `/accounts/${account.number}`).send(accountView(account))
  })
}

/** Submits the command. While its number is taken and there is a way to draw another one, it is tried with that. */
async function open(
  ledger: Ledger,
  command: OpenAccount,
  draw: (() => string) | undefined,
  draws = 1,
): Promise<{ readonly command: OpenAccount; readonly outcome: Outcome }> {
  const outcome = await ledger.submit(command)
  const isTaken = outcome.status === 'rejected' && outcome.reason === 'account_exists'
  if (!isTaken || draw === undefined || draws === MAX_ATTEMPTS) return { command, outcome }
  return open(ledger, { ...command, account: draw() }, draw, draws + 1)
}

function generatedNumber(): string {
  return String(randomInt(LOWEST_NUMBER, ABOVE_HIGHEST_NUMBER))
}

function nameFrom(input: string): string {
  const name = input.trim()
  if (name !== '' && isText(name)) return name
  throw new Problem(
    'invalid_name',
    `name must be 1 to ${MAX_REFERENCE_LENGTH} characters without control characters`,
  )
}
