import { type Command, idempotencyKeyOf } from '../../state-machine/commands.ts'
import type { Ledger } from '../../service/ledger.ts'
import type { Accepted, Outcome } from '../../state-machine/outcomes.ts'
import { formatCents } from '../../money.ts'
import { Problem } from '../errors/problem.ts'
import { loggedAccount, type LoggedDetails } from '../request-log.ts'

type AcceptedAs<Status extends Accepted['status']> = Extract<Accepted, { readonly status: Status }>

/** The part of a reply that is the same for every command. */
interface CommandReply {
  readonly request: { loggedDetails: LoggedDetails | undefined }
  header(name: string, value: string): unknown
}

/**
 * Submits the command, and answers what was carried out once it is durable: one of the `expected` kinds of outcome.
 * Throws a problem when the ledger rejects it.
 */
export async function execute<Status extends Accepted['status']>(
  ledger: Ledger,
  reply: CommandReply,
  command: Command,
  ...expected: readonly Status[]
): Promise<AcceptedAs<Status>> {
  return unwrapOutcome(reply, command, await ledger.submit(command), ...expected)
}

/** The same for an outcome that is there already: logs it, and marks a replay by its header. */
export function unwrapOutcome<Status extends Accepted['status']>(
  reply: CommandReply,
  command: Command,
  outcome: Outcome,
  ...expected: readonly Status[]
): AcceptedAs<Status> {
  reply.request.loggedDetails = loggedCommand(command, outcome)
  if (outcome.replayed) reply.header('idempotency-replayed', 'true')
  if (outcome.status === 'rejected') throw new Problem(outcome.reason)
  if (isOneOf(outcome, expected)) return outcome
  throw new TypeError(`a command of kind ${command.kind} is not ${outcome.status}`)
}

function isOneOf<Status extends Accepted['status']>(
  outcome: Accepted,
  expected: readonly Status[],
): outcome is AcceptedAs<Status> {
  return expected.some((status) => status === outcome.status)
}

/** What the log shows of a command: never names, references or reasons, which are the customers' own words. */
function loggedCommand(command: Command, outcome: Outcome): LoggedDetails {
  const amount = amountOf(command, outcome)
  const balance = balanceAfter(command, outcome)
  return {
    operation: command.kind,
    account: accountOf(command, outcome),
    to: command.kind === 'transfer' ? loggedAccount(command.to) : undefined,
    hold: holdOf(command, outcome),
    original: command.kind === 'reverse' ? String(Object.values(command.original)[0]) : undefined,
    amount: amount === undefined ? undefined : formatCents(amount),
    idempotencyKey: idempotencyKeyOf(command),
    transaction: 'posting' in outcome ? String(outcome.posting.id) : undefined,
    balance: balance === undefined ? undefined : formatCents(balance),
    reason: outcome.status === 'rejected' ? outcome.reason : undefined,
    replayed: outcome.replayed,
  }
}

/** The account that the command is about; the one that pays, where there are two. */
function accountOf(command: Command, outcome: Outcome): string | undefined {
  // A number that was drawn for a retry is not the one that the account has.
  if ('account' in outcome) return outcome.account.number
  if ('account' in command) return loggedAccount(command.account)
  if (command.kind === 'transfer') return loggedAccount(command.from)
  return 'hold' in outcome ? outcome.hold.accountNumber : undefined
}

function holdOf(command: Command, outcome: Outcome): string | undefined {
  if ('holdId' in command) return String(command.holdId)
  return outcome.status === 'held' ? String(outcome.hold.id) : undefined
}

/** What moved or was freed or, where nothing was, what was asked for. */
function amountOf(command: Command, outcome: Outcome): bigint | undefined {
  if ('posting' in outcome) return outcome.posting.amount
  if (outcome.status === 'released') return outcome.hold.amount
  return 'amount' in command ? command.amount : undefined
}

function balanceAfter({ kind }: Command, outcome: Outcome): bigint | undefined {
  if ('account' in outcome) return outcome.account.balance
  if (!('posting' in outcome) || kind === 'reverse') return undefined
  return kind === 'deposit' ? outcome.posting.creditBalance : outcome.posting.debitBalance
}
