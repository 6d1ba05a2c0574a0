import type { Reverse } from '../../../src/ledger/commands/reverse.ts'
import { isStorable, type Movement, type Notebook } from './notebook.ts'
import { posted, release, unless } from './rules.ts'
import { type Prediction, tellHold, tellMovement } from './told.ts'

export function reverse(book: Notebook, command: Reverse, nowMs: number): Prediction {
  const { original, idempotencyKey } = command
  if ('postingId' in original) {
    const movement = book.movements.find(({ id }) => id === original.postingId)
    if (movement === undefined) return { answer: 'transaction_not_found', replayed: false }
    return giveBack(book, movement, command, nowMs)
  }
  if (original.idempotencyKey === idempotencyKey) return { answer: 'idempotency_key_reused', replayed: false }
  return reverseByKey(book, original.idempotencyKey, command, nowMs)
}

function reverseByKey(book: Notebook, key: string, command: Reverse, nowMs: number): Prediction {
  const kept = book.keptUnder(key, nowMs)
  const wasClosed = kept !== undefined && kept.request === undefined
  if (wasClosed) return kept.prediction
  const movement = book.movements.find(({ id }) => id === kept?.prediction.movement?.id)
  if (movement !== undefined) return giveBack(book, movement, command, nowMs)
  if (kept?.prediction.answer === 'held' && command.amount === undefined)
    return giveBackHold(book, kept.prediction.hold?.id ?? 0, nowMs)
  const wasCarriedOut = ['held', 'released', 'opened', 'changed', 'key_closed'].includes(
    kept?.prediction.answer ?? '',
  )
  if (wasCarriedOut) return { answer: 'not_reversible', replayed: false }
  const untilMs = nowMs + book.terms.keptForMs
  const prediction = { answer: 'key_closed', untilMs, replayed: false }
  book.answers.push({ key, request: undefined, atMs: nowMs, prediction })
  return prediction
}

function giveBackHold(book: Notebook, holdId: number, nowMs: number): Prediction {
  const hold = book.holds.find(({ id }) => id === holdId)
  if (hold !== undefined && book.holdStatus(hold, nowMs) === 'released')
    return { answer: 'released', hold: tellHold(book, hold), replayed: false }
  return release(book, { kind: 'release', holdId }, nowMs)
}

function giveBack(
  book: Notebook,
  original: Movement,
  { amount: asked, reason }: Reverse,
  nowMs: number,
): Prediction {
  const left = original.amount - book.reversed(original.id)
  const reversals = book.reversalsOf(original.id)
  const latest = reversals.at(-1)
  if (asked === undefined && left === 0n && latest !== undefined)
    return { answer: 'posted', movement: tellMovement(book, latest), replayed: false }
  const { from: giver, to: taker } = { from: original.to, to: original.from }
  const back = { from: giver, to: taker, amount: asked ?? left }
  const isClosed = (number: string | undefined): boolean =>
    number !== undefined && book.status(number) === 'closed'
  return unless(
    [
      ['not_reversible', () => original.kind === 'opening' || original.kind === 'reversal'],
      ['account_closed', () => isClosed(giver) || isClosed(taker)],
      ['account_frozen', () => giver !== undefined && book.status(giver) === 'frozen'],
      ['reversal_exceeds_transaction', () => back.amount > left],
      ['insufficient_funds', () => giver !== undefined && book.available(giver, nowMs) < back.amount],
      ['balance_limit_exceeded', () => taker !== undefined && !isStorable(book.balance(taker) + back.amount)],
      ['cash_limit_exceeded', () => [giver, taker].includes(undefined) && book.drawerOf(back) === undefined],
    ],
    () => posted(book, { ...back, atMs: nowMs, kind: 'reversal', reference: reason, reverses: original.id }),
  )
}
