const FIRST_CAPACITY = 1_024

/** Above this share of used slots, searches grow long. */
const MAX_LOAD = 0.5

/**
 * Finds the rows of digests in memory: an open-addressing hash table over two plain arrays, 16 bytes a slot.
 *
 * An index in the database would do the same at a fifth of the speed: keys come in random order, so every one
 * changes another page of it, and each changed page is written twice.
 */
export class DigestIndex {
  #prefixes = new Float64Array(FIRST_CAPACITY)
  /** 0 marks a free slot. */
  #rowIds = new Float64Array(FIRST_CAPACITY)
  #size = 0

  add(digest: string, rowId: number): void {
    if (this.#size >= this.#rowIds.length * MAX_LOAD) this.#grow()
    this.#place(prefixOf(digest), rowId)
    this.#size += 1
  }

  /** The rows that may hold the digest: none for nearly every new one. The caller compares the whole digest. */
  candidates(digest: string): number[] {
    const prefix = prefixOf(digest)
    const rowIds: number[] = []
    for (let slot = this.#homeOf(prefix); this.#rowIds[slot] !== 0; slot = this.#next(slot)) {
      const rowId = this.#rowIds[slot]
      if (rowId !== undefined && this.#prefixes[slot] === prefix) rowIds.push(rowId)
    }
    return rowIds
  }

  delete(digest: string, rowId: number): void {
    let slot = this.#homeOf(prefixOf(digest))
    while (this.#rowIds[slot] !== rowId) {
      if (this.#rowIds[slot] === 0) return
      slot = this.#next(slot)
    }
    this.#size -= 1
    this.#closeGap(slot)
  }

  /** Moves later entries back over the gap, so that a search never meets a free slot before its entry. */
  #closeGap(gap: number): void {
    let free = gap
    for (let slot = this.#next(gap); this.#rowIds[slot] !== 0; slot = this.#next(slot)) {
      const home = this.#homeOf(this.#prefixes[slot] ?? 0)
      if (this.#distance(home, slot) < this.#distance(free, slot)) continue
      this.#prefixes[free] = this.#prefixes[slot] ?? 0
      this.#rowIds[free] = this.#rowIds[slot] ?? 0
      free = slot
    }
    this.#rowIds[free] = 0
  }

  #grow(): void {
    const prefixes = this.#prefixes
    const rowIds = this.#rowIds
    this.#prefixes = new Float64Array(prefixes.length * 2)
    this.#rowIds = new Float64Array(rowIds.length * 2)
    for (const [slot, rowId] of rowIds.entries()) {
      if (rowId !== 0) this.#place(prefixes[slot] ?? 0, rowId)
    }
  }

  #place(prefix: number, rowId: number): void {
    let slot = this.#homeOf(prefix)
    while (this.#rowIds[slot] !== 0) slot = this.#next(slot)
    this.#prefixes[slot] = prefix
    this.#rowIds[slot] = rowId
  }

  #homeOf(prefix: number): number {
    // The bit operation keeps the low 32 bits, which are as random as the others.
    return (prefix & (this.#rowIds.length - 1)) >>> 0
  }

  #next(slot: number): number {
    return (slot + 1) & (this.#rowIds.length - 1)
  }

  /** How many steps a search takes from one slot to the other. */
  #distance(from: number, to: number): number {
    return (to - from) & (this.#rowIds.length - 1)
  }
}

/** The digest's first 48 bits: exact in a double, and two digests of a million share them once in 500 stores. */
function prefixOf(digest: string): number {
  const high = (digest.charCodeAt(0) << 16) | (digest.charCodeAt(1) << 8) | digest.charCodeAt(2)
  const low = (digest.charCodeAt(3) << 16) | (digest.charCodeAt(4) << 8) | digest.charCodeAt(5)
  return high * 2 ** 24 + low
}
