import type { FastifyInstance } from 'fastify'
import type { FromSchema } from 'json-schema-to-ts'
import { holdStatus } from '../../ledger/holds.ts'
import type { Ledger } from '../../service/ledger.ts'
import { Problem } from '../errors/problem.ts'
import { execute } from '../shared/execute.ts'
import {
  amountFrom,
  AmountInput,
  idFrom,
  IdempotencyHeaders,
  idempotencyKeyFrom,
  referenceFrom,
  ReferenceInput,
} from '../shared/members.ts'
import {
  commandErrors,
  errorResponse,
  locationHeader,
  okResponse,
  readErrors,
  replayedHeader,
} from '../shared/responses.ts'
import { AccountParams } from '../shared/schemas.ts'
import { Hold, holdView } from './hold-response.ts'

/** A year: a hold that is to last longer does not expire at all. */
const MAX_EXPIRES_IN_SECONDS = 31_536_000

const HoldBody = {
  title: 'HoldRequest',
  type: 'object',
  required: ['amount'],
  properties: {
    amount: { ...AmountInput, description: 'What to set aside, more than 0.' },
    reference: ReferenceInput,
    expires_in: {
      type: 'integer',
      minimum: 1,
      maximum: MAX_EXPIRES_IN_SECONDS,
      description:
        'Seconds until the money is free again by itself. Without it, the hold stays until it is ended.',
      examples: [3600],
      invalid: [
        'invalid_expiry',
        `expires_in must be a whole number of seconds from 1 to ${MAX_EXPIRES_IN_SECONDS}`,
      ],
    },
  },
  examples: [{ amount: '25.00', reference: 'deposit for the car', expires_in: 3600 }],
  description: 'Unknown members are ignored.',
} as const

const HoldParams = {
  type: 'object',
  required: ['id'],
  properties: {
    id: { title: 'HoldId', type: 'string', description: 'The id of the hold.', examples: ['7'] },
  },
} as const

type HoldParams = FromSchema<typeof HoldParams>

const CaptureBody = {
  title: 'CaptureRequest',
  // No body is as good as an empty one.
  type: ['object', 'null'],
  properties: {
    amount: {
      ...AmountInput,
      description: 'What to take of it, at most the hold; all of it by default.',
    },
  },
  examples: [{ amount: '20.00' }],
  description: 'May be left out. Unknown members are ignored.',
} as const

interface PlaceRoute {
  Params: AccountParams
  Headers: IdempotencyHeaders
  Body: FromSchema<typeof HoldBody>
  Reply: Hold
}

interface EndRoute {
  Params: HoldParams
  Headers: IdempotencyHeaders
  Reply: Hold
}

interface CaptureRoute extends EndRoute {
  Body: FromSchema<typeof CaptureBody> | undefined
}

const tags = ['holds']

const schemas = {
  place: {
    operationId: 'placeHold',
    summary: 'Hold money',
    description:
      'Sets money of the account aside: nothing else may use it until the hold is captured, released, or expired.',
    tags,
    params: AccountParams,
    headers: IdempotencyHeaders,
    body: HoldBody,
    response: {
      201: okResponse('The hold.', Hold, { ...locationHeader, ...replayedHeader }),
      ...commandErrors(
        'insufficient_funds',
        'account_closed',
        'account_frozen',
        'too_many_holds',
        'account_not_found',
      ),
    },
  },
  capture: {
    operationId: 'captureHold',
    summary: 'Capture held money',
    description: 'Takes money that is held out of the account, once, and frees the rest of the hold.',
    tags,
    params: HoldParams,
    headers: IdempotencyHeaders,
    body: CaptureBody,
    response: {
      200: okResponse('The captured hold.', Hold, replayedHeader),
      ...commandErrors(
        'hold_captured',
        'hold_released',
        'hold_expired',
        'capture_exceeds_hold',
        'account_closed',
        'account_frozen',
        'cash_limit_exceeded',
        'hold_not_found',
      ),
    },
  },
  release: {
    operationId: 'releaseHold',
    summary: 'Release held money',
    description: 'Frees the money of the hold. A body may be sent, and is ignored.',
    tags,
    params: HoldParams,
    headers: IdempotencyHeaders,
    response: {
      200: okResponse('The released hold.', Hold, replayedHeader),
      ...commandErrors('hold_captured', 'hold_released', 'hold_expired', 'hold_not_found'),
    },
  },
  get: {
    operationId: 'getHold',
    summary: 'A hold',
    description: 'The hold, and what became of it.',
    tags,
    params: HoldParams,
    response: {
      200: okResponse('The hold.', Hold),
      404: errorResponse('There is no such hold.', 'hold_not_found'),
      ...readErrors,
    },
  },
} as const

export function holdRoutes(app: FastifyInstance, ledger: Ledger): void {
  app.post<PlaceRoute>(
    '/accounts/:account_number/holds',
    { schema: schemas.place },
    async (request, reply) => {
      const { amount, reference, expires_in: expiresIn } = request.body
      const command = {
        kind: 'hold',
        account: request.params.account_number,
        amount: amountFrom(amount),
        ...referenceFrom(reference),
        ...(expiresIn !== undefined && { expiresInMs: expiresIn * 1_000 }),
        ...idempotencyKeyFrom(request.headers),
      } as const
      const { hold } = await execute(ledger, reply, command, 'held')
      return reply.status(201).header('location', `/holds/${hold.id}`).send(holdView(hold, hold.state))
    },
  )

  app.post<CaptureRoute>('/holds/:id/capture', { schema: schemas.capture }, async (request, reply) => {
    const amount = request.body?.amount
    const command = {
      kind: 'capture',
      holdId: idFrom(request.params.id),
      ...(amount !== undefined && { amount: amountFrom(amount) }),
      ...idempotencyKeyFrom(request.headers),
    } as const
    const { hold } = await execute(ledger, reply, command, 'captured')
    return holdView(hold, hold.state)
  })

  app.post<EndRoute>('/holds/:id/release', { schema: schemas.release }, async (request, reply) => {
    const holdId = idFrom(request.params.id)
    const command = { kind: 'release', holdId, ...idempotencyKeyFrom(request.headers) } as const
    const { hold } = await execute(ledger, reply, command, 'released')
    return holdView(hold, hold.state)
  })

  app.get<{ Params: HoldParams; Reply: Hold }>('/holds/:id', { schema: schemas.get }, async (request) => {
    const stored = await ledger.reads.hold(idFrom(request.params.id))
    if (stored === undefined) throw new Problem('hold_not_found')
    request.loggedDetails = { account: stored.hold.accountNumber, hold: String(stored.hold.id) }
    return holdView(stored.hold, holdStatus(stored.hold, stored.asOfMs))
  })
}
