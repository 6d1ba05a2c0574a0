/**
 * A map that keeps the newest `capacity` entries at least, and never twice as many. What is not set again ages:
 * when the newer half is full it becomes the older one, and the older one goes.
 */
export class RecentMap<Key, Value> {
  readonly #capacity: number
  #newer = new Map<Key, Value>()
  #older = new Map<Key, Value>()

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  get(key: Key): Value | undefined {
    return this.#newer.get(key) ?? this.#older.get(key)
  }

  set(key: Key, value: Value): void {
    this.#newer.set(key, value)
    if (this.#newer.size < this.#capacity) return
    this.#older = this.#newer
    this.#newer = new Map()
  }

  clear(): void {
    this.#newer.clear()
    this.#older.clear()
  }
}
