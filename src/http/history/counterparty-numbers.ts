import type { Ledger } from '../../service/ledger.ts'
import type { Posting } from '../../ledger/postings.ts'
import { otherSideOf } from './transaction-response.ts'

/** Enough for those whom an account deals with most. */
const REMEMBERED = 1_000

/** The numbers of the accounts on the other sides of one account's postings, remembered while a long answer is written. */
export class CounterpartyNumbers {
  readonly #ledger: Ledger
  readonly #accountId: number
  readonly #numbers = new Map<number, string>()
  /** All that were asked for, cash among them, which has no number. */
  readonly #asked = new Set<number>()

  constructor(ledger: Ledger, accountId: number) {
    this.#ledger = ledger
    this.#accountId = accountId
  }

  /** Those of these postings, by account id; cash has none. */
  async of(postings: readonly Posting[]): Promise<ReadonlyMap<number, string>> {
    const others = new Set(postings.map((posting) => otherSideOf(this.#accountId, posting)))
    if (this.#asked.size + others.size > REMEMBERED) {
      this.#asked.clear()
      this.#numbers.clear()
    }
    const unknown = [...others].filter((id) => !this.#asked.has(id))
    if (unknown.length === 0) return this.#numbers
    const found = await this.#ledger.reads.accountNumbers(unknown)
    for (const id of unknown) this.#asked.add(id)
    for (const [id, number] of found) this.#numbers.set(id, number)
    return this.#numbers
  }
}
