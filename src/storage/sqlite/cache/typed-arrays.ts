/**
 * The array itself, or a longer copy of it when it has no place for `index` yet. The system gives an array memory only
 * where it is written to, so one that is indexed by account ids costs no more than the accounts that are in use.
 */
export function withRoomFor<Elements extends Float64Array | BigInt64Array>(
  elements: Elements,
  index: number,
  make: (length: number) => Elements,
): Elements {
  if (index < elements.length) return elements
  const longer = make(Math.max(2 * elements.length, index + 1))
  copy(elements, longer)
  return longer
}

export const numbers = (length: number): Float64Array => new Float64Array(length)

export const cents = (length: number): BigInt64Array => new BigInt64Array(length)

function copy(from: Float64Array | BigInt64Array, to: Float64Array | BigInt64Array): void {
  new Uint8Array(to.buffer).set(new Uint8Array(from.buffer))
}

const FIRST_CAPACITY = 1_024

/**
 * Postings of many accounts by account, as chains through plain arrays: 16 bytes a posting, and nothing for
 * the garbage collector, which would have to follow a list for every account.
 */
export class PostingChains {
  /** Entry 0 is never used, so that 0 can mean none. */
  #postingIds = numbers(FIRST_CAPACITY)
  #previousEntries = numbers(FIRST_CAPACITY)
  #latestEntries = numbers(FIRST_CAPACITY)
  #length = 1

  add(accountId: number, postingId: number): void {
    this.#postingIds = withRoomFor(this.#postingIds, this.#length, numbers)
    this.#previousEntries = withRoomFor(this.#previousEntries, this.#length, numbers)
    this.#latestEntries = withRoomFor(this.#latestEntries, accountId, numbers)
    this.#postingIds[this.#length] = postingId
    this.#previousEntries[this.#length] = this.#latestEntries[accountId] ?? 0
    this.#latestEntries[accountId] = this.#length
    this.#length += 1
  }

  /** The ids of the account's postings above `afterId`, oldest first. */
  of(accountId: number, afterId: number): number[] {
    const newestFirst: number[] = []
    let entry = this.#latestEntries[accountId] ?? 0
    while (entry !== 0) {
      const postingId = this.#postingIds[entry] ?? 0
      if (postingId <= afterId) break
      newestFirst.push(postingId)
      entry = this.#previousEntries[entry] ?? 0
    }
    return newestFirst.toReversed()
  }

  /** The highest id of the account's postings that is not above `postingId`. */
  latestUpTo(accountId: number, postingId: number): number | undefined {
    let entry = this.#latestEntries[accountId] ?? 0
    while (entry !== 0) {
      const id = this.#postingIds[entry] ?? 0
      if (id <= postingId) return id
      entry = this.#previousEntries[entry] ?? 0
    }
    return undefined
  }

  forget(accountId: number): void {
    if (accountId < this.#latestEntries.length) this.#latestEntries[accountId] = 0
  }
}
