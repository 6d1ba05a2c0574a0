import type { Reversed } from '../daily-withdrawals.ts'
import { isReversible, type Posting } from '../postings.ts'
import type { Differences } from './differences.ts'
import type { AuditedHold, AuditedReversal } from './source.ts'

/** Checks what postings say of each other and of holds. */
export class Links {
  readonly #differences: Differences
  readonly #reversedAmounts = new Map<number, bigint>()
  #captures = 0
  #capturedHolds = 0
  #reversals = 0

  constructor(differences: Differences) {
    this.#differences = differences
  }

  /** Counts the posting, and checks that it refers to what its kind refers to. */
  follow({ id, kind, holdId, reversedPostingId }: Posting): void {
    if (kind === 'capture') this.#captures += 1
    if (kind === 'reversal') this.#reversals += 1
    if ((kind === 'capture') !== (holdId !== undefined))
      this.#differences.add(`posting ${id} is a ${kind} and names ${holdId ?? 'no'} hold`)
    if ((kind === 'reversal') !== (reversedPostingId !== undefined))
      this.#differences.add(`posting ${id} is a ${kind} and reverses ${reversedPostingId ?? 'nothing'}`)
  }

  checkHold({ hold, capture }: AuditedHold): void {
    const { id, state, accountId, amount, capturedAmount, capturePostingId } = hold
    if (amount <= 0n)
      this.#differences.add(`hold ${id} is of ${amount} cents, which is not a positive amount`)
    if (state !== 'captured') {
      if (capturePostingId !== undefined || capturedAmount !== 0n)
        this.#differences.add(`hold ${id} is ${state}, and names a capture of ${capturedAmount} cents`)
      return
    }
    this.#capturedHolds += 1
    const isTheOne =
      capture?.kind === 'capture' &&
      capture.holdId === id &&
      capture.debitAccountId === accountId &&
      capture.amount === capturedAmount
    if (!isTheOne)
      this.#differences.add(
        `hold ${id} points at posting ${capturePostingId ?? 'none'}, which did not capture it`,
      )
    else if (capturedAmount > amount)
      this.#differences.add(`hold ${id} of ${amount} cents was captured with ${capturedAmount}`)
  }

  /** Answers what was given back, as it stood after the reversal. */
  checkReversal({ reversal, original }: AuditedReversal): Reversed | undefined {
    const { id, amount } = reversal
    this.#reversals -= 1
    if (original === undefined || !isReversible(original)) {
      this.#differences.add(
        `posting ${id} reverses posting ${reversal.reversedPostingId}, which cannot be reversed`,
      )
      return undefined
    }
    const reversedAmount = (this.#reversedAmounts.get(original.id) ?? 0n) + amount
    this.#reversedAmounts.set(original.id, reversedAmount)
    if (reversedAmount > original.amount)
      this.#differences.add(
        `posting ${id} brings what is reversed of posting ${original.id} to ${reversedAmount} cents, more than it moved`,
      )
    if (original.id >= id || !isMirrored(original, reversal))
      this.#differences.add(`posting ${id} does not give back what posting ${original.id} moved`)
    return { original, reversedAmount }
  }

  /** To be called when all has been followed and checked. */
  finish(): void {
    if (this.#captures !== this.#capturedHolds)
      this.#differences.add(
        `${this.#captures} postings capture holds, where ${this.#capturedHolds} are captured`,
      )
    if (this.#reversals !== 0) this.#differences.add(`${this.#reversals} reversals were found only one way`)
  }
}

/** Whether the reversal moves money between the same customers, the other way; any cash drawer stands for cash. */
function isMirrored(original: Posting, reversal: Posting): boolean {
  const wasGivenCash = original.kind === 'withdraw' || original.kind === 'capture'
  const isTakenBack = wasGivenCash || reversal.debitAccountId === original.creditAccountId
  const isGivenBack = original.kind === 'deposit' || reversal.creditAccountId === original.debitAccountId
  return isTakenBack && isGivenBack
}
