import type { Account } from '../accounts.ts'
import { withdrawnAfter } from '../daily-withdrawals.ts'
import type { Posting, PostingKind, PostingLinks, ReversiblePosting } from '../postings.ts'
import type { BatchAccounts } from './batch-accounts.ts'
import type { LoadedState } from './loaded-state.ts'

const NO_LINKS: PostingLinks = { reference: undefined, reversedPostingId: undefined, holdId: undefined }

/** The postings of a batch, and earlier ones that it may reverse. */
export class BatchPostings {
  /** In the order of posting. */
  readonly added: Posting[] = []
  readonly #accounts: BatchAccounts
  readonly #nowMs: number
  readonly #timeZone: string
  readonly #reversible = new Map<number, ReversiblePosting>()
  #nextId: number

  constructor(loaded: LoadedState, accounts: BatchAccounts) {
    this.#accounts = accounts
    this.#nowMs = loaded.nowMs
    this.#timeZone = loaded.timeZone
    this.#nextId = loaded.nextPostingId
    for (const reversible of loaded.reversiblePostings)
      this.#reversible.set(reversible.posting.id, reversible)
  }

  /** Moves `amount` cents from the debited to the credited account. The caller has checked that both can. */
  post(
    kind: Exclude<PostingKind, 'reversal'>,
    debit: Account,
    credit: Account,
    amount: bigint,
    links: Partial<PostingLinks> = NO_LINKS,
  ): Posting {
    const posting = this.#add(kind, debit, credit, amount, links)
    if (kind === 'withdraw')
      debit.withdrawn = withdrawnAfter(debit.withdrawn, posting, debit.id, this.#timeZone)
    return posting
  }

  /** Gives `amount` cents of a posting back, from what was credited to what was debited. */
  reverse(
    { posting: original, reversedAmount }: ReversiblePosting,
    debit: Account,
    credit: Account,
    amount: bigint,
    reference: string | undefined,
  ): Posting {
    const links = { reference, reversedPostingId: original.id }
    const posting = this.#add('reversal', debit, credit, amount, links)
    const reversed = { original, reversedAmount: reversedAmount + amount }
    credit.withdrawn = withdrawnAfter(credit.withdrawn, posting, credit.id, this.#timeZone, reversed)
    this.#reversible.set(original.id, { ...reversed, posting: original, latestReversal: posting })
    return posting
  }

  /** The posting of that id as an engine has loaded it, with what is given back of it by now. */
  findReversible(id: number): ReversiblePosting | undefined {
    return this.#reversible.get(id)
  }

  /** A posting that something loaded refers to by its id, with what is given back of it by now. It may be of this very batch. */
  getReversible(id: number): ReversiblePosting {
    const loaded = this.#reversible.get(id)
    if (loaded !== undefined) return loaded
    const posting = this.added[id - (this.added[0]?.id ?? id)]
    if (posting?.id === id) return { posting, reversedAmount: 0n, latestReversal: undefined }
    throw new Error(`posting ${id} is referred to and is not there; run verify`)
  }

  /** A posting that a key record refers to, with what is given back of it by now. It may be of this very batch. */
  reversible(posting: Posting): ReversiblePosting {
    const loaded = this.#reversible.get(posting.id)
    if (loaded !== undefined) return loaded
    if (this.added.includes(posting)) return { posting, reversedAmount: 0n, latestReversal: undefined }
    throw new Error(`posting ${posting.id} is referred to and is not there; run verify`)
  }

  #add(
    kind: PostingKind,
    debit: Account,
    credit: Account,
    amount: bigint,
    { reference, reversedPostingId, holdId }: Partial<PostingLinks>,
  ): Posting {
    debit.balance -= amount
    credit.balance += amount
    const posting: Posting = {
      id: this.#nextId++,
      atMs: this.#nowMs,
      kind,
      debitAccountId: debit.id,
      creditAccountId: credit.id,
      amount,
      debitBalance: debit.balance,
      creditBalance: credit.balance,
      reference,
      reversedPostingId,
      holdId,
    }
    this.added.push(posting)
    this.#accounts.changed.add(debit).add(credit)
    return posting
  }
}
