/** Random choices that one seed repeats. Good enough for tests, and for nothing that must be secret. */
export class Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** 0 to just below 1. Mulberry32: a counter whose bits are mixed. */
  fraction(): number {
    this.#state = (this.#state + 0x6d_2b_79_f5) >>> 0
    let mixed = this.#state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }

  /** A whole number, both ends included. */
  integer(from: number, to: number): number {
    return from + Math.floor(this.fraction() * (to - from + 1))
  }

  /** True in that many of a hundred. */
  percent(share: number): boolean {
    return this.fraction() * 100 < share
  }

  pick<Item>(items: readonly [Item, ...Item[]]): Item {
    return items[this.integer(0, items.length - 1)] ?? items[0]
  }

  /** Picks by weight: `[[90, 'often'], [10, 'rarely']]`. */
  weighted<Item>(choices: readonly [readonly [number, Item], ...(readonly [number, Item])[]]): Item {
    let left = 0
    for (const [weight] of choices) left += weight
    left *= this.fraction()
    for (const [weight, item] of choices) {
      left -= weight
      if (left < 0) return item
    }
    return choices[0][1]
  }

  /** A text of characters from the range of character codes given, both ends included. */
  text(length: number, from = 0x21, to = 0x7e): string {
    let text = ''
    for (let count = 0; count < length; count += 1) text += String.fromCharCode(this.integer(from, to))
    return text
  }

  bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.integer(0, 255)))
  }
}
