import { type Answer, type Authorized, centsOf, declineCode, readAuthorized, textIn } from './answers.ts'
import { returnNotes, store } from './deposit.ts'
import type { Order } from './journal.ts'
import { decline, giveCardBack } from './leaving.ts'
import { isReady, nextSequence, queueOutcome } from './link.ts'
import { valueOf } from './notes.ts'
import { orderCall } from './requests.ts'
import type { Run } from './run.ts'
import type { Activity, Session } from './state.ts'

type Authorizing = Extract<Activity, { readonly at: 'authorizing' }>

/** Declines after which the machine must look at what the service knows of it. */
const staleCodes = [
  'amount_not_dispensable',
  'sequence_passed',
  'sequence_reused',
  'terminal_has_unsettled',
  'terminal_out_of_service',
  'too_many_notes',
  'transaction_closed',
  'unit_full',
]

/** Begins a transaction under a new sequence. */
export function authorize(run: Run, session: Session, order: Order): void {
  if (!isReady(run.terminal)) {
    refuse(run, session, order, 'not_ready')
    return
  }
  const sequence = nextSequence(run.terminal)
  run.set({ lastSequence: sequence })
  run.journal({ entry: 'will_authorize', sequence, order })
  sendOrder(run, { at: 'authorizing', session, order, sequence, request: undefined, attempt: 1 })
}

function sendOrder(run: Run, authorizing: Authorizing): void {
  const { order, sequence, session, attempt } = authorizing
  const request = run.send(orderCall(order, sequence, session.token))
  run.become({ ...authorizing, request })
  run.show({ screen: 'please_wait', attempt })
}

/** The time to send the same request again, under the same sequence, has come. */
export function onRetryTimer(run: Run, authorizing: Authorizing): void {
  sendOrder(run, { ...authorizing, attempt: authorizing.attempt + 1 })
}

/** Takes the answer, undefined when there was none: then the service may have authorized it or not. */
export function onOrderAnswer(run: Run, authorizing: Authorizing, answer: Answer | undefined): void {
  const { sequence, session, order, attempt } = authorizing
  if (answer?.status === 200 && isDone(run, authorizing, answer.body)) return
  const code = answer === undefined ? undefined : refusalIn(answer, authorizing)
  if (code !== undefined) {
    run.journal({ entry: 'declined', sequence, code })
    if (staleCodes.includes(code)) run.set({ isViewCurrent: false })
    refuse(run, session, order, code)
  } else if (answer !== undefined && isClientError(answer)) {
    giveUp(run, authorizing, textIn(answer.body, 'code') ?? 'refused')
  } else if (attempt >= run.terminal.settings.tries) {
    giveUp(run, authorizing, 'network_lost')
  } else {
    run.become({ ...authorizing, request: undefined })
    run.startTimer('retry', run.waitAfter(attempt, answer?.retryAfter))
  }
}

/**
 * The code of a refusal after which nothing will happen under the sequence. There is no outcome of a transfer to send,
 * so it must do with less; but that a session has ended says nothing of an earlier try.
 */
function refusalIn(answer: Answer, { order, attempt }: Authorizing): string | undefined {
  const code = declineCode(answer)
  if (code !== undefined || order.kind !== 'transfer' || !isClientError(answer)) return code
  return answer.status !== 401 || attempt === 1 ? (textIn(answer.body, 'code') ?? 'refused') : undefined
}

function isClientError({ status }: Answer): boolean {
  return status >= 400 && status < 500
}

/** False when the answer is not one that the service gives to this request. */
function isDone(run: Run, authorizing: Authorizing, body: unknown): boolean {
  const { sequence, session, order } = authorizing
  if (order.kind === 'transfer') {
    if (textIn(body, 'state') !== 'settled') return false
    run.journal({ entry: 'acknowledged', sequence })
    run.become({ at: 'menu', session })
    const balance = textIn(body, 'balance')
    run.show({ screen: 'transferred', ...order.body, ...(balance === undefined ? {} : { balance }) })
    return true
  }
  const authorized = readAuthorized(body)
  if (authorized === undefined) return false
  return order.kind === 'deposit'
    ? storeAuthorized(run, authorizing, order)
    : dispenseAuthorized(run, authorizing, order, authorized)
}

function storeAuthorized(
  run: Run,
  { sequence, session }: Authorizing,
  { body }: Extract<Order, { readonly kind: 'deposit' }>,
): boolean {
  run.journal({ entry: 'authorized', sequence, plan: [] })
  store(run, { sequence, counted: body.counted, session, mayStore: true })
  return true
}

/** First the card, then the cash: who waits for the notes does not forget the card. */
function dispenseAuthorized(
  run: Run,
  { sequence, session }: Authorizing,
  { body }: Extract<Order, { readonly kind: 'withdrawal' }>,
  { plan, dispenseWithin }: Authorized,
): boolean {
  if (valueOf(plan) !== centsOf(body.amount)) return false
  run.journal({ entry: 'authorized', sequence, plan })
  const { amount } = body
  const dispensing = { sequence, amount, plan, stacked: [], rejected: [], failure: undefined }
  giveCardBack(run, session, 'cash_follows', { ...dispensing, isRetractFailed: false }, dispenseWithin)
  return true
}

/** Nothing was authorized, and nothing will be under this sequence. */
function refuse(run: Run, session: Session, order: Order, code: string): void {
  if (order.kind === 'deposit') returnNotes(run, session, code)
  else if (code === 'session_ended') giveCardBack(run, session, code)
  else decline(run, session, code)
}

/**
 * Whether it was authorized is not known. As nothing has moved here, the outcome says so: an authorization is reversed
 * by it, and one that comes later is declined.
 */
function giveUp(run: Run, { order, sequence, session }: Authorizing, reason: string): void {
  switch (order.kind) {
    case 'withdrawal':
      queueOutcome(run, {
        kind: 'withdrawal',
        sequence,
        body: { outcome: 'not_dispensed', failure: reason },
      })
      giveCardBack(run, session, reason)
      break
    case 'deposit':
      returnNotes(run, session, reason, sequence)
      break
    case 'transfer':
      run.journal({ entry: 'unanswered', sequence })
      run.set({ isViewCurrent: false })
      run.become({ at: 'menu', session })
      run.show({ screen: 'unanswered', kind: order.kind })
      break
  }
}
