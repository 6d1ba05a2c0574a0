import type { AccountBalance } from '../accounts.ts'
import { isCashDrawer } from '../cash-drawers.ts'

export const MAX_REPORTED_DIFFERENCES = 20

/** What does not fit: how often, and the first cases in words. */
export class Differences {
  readonly first: string[] = []
  #count = 0

  get count(): number {
    return this.#count
  }

  add(sentence: string): void {
    this.#count += 1
    if (this.first.length < MAX_REPORTED_DIFFERENCES) this.first.push(sentence)
  }
}

/** What a person finds the account by. */
export function nameOf({ id, number }: Pick<AccountBalance, 'id' | 'number'>): string {
  return number ?? (isCashDrawer(id) ? `cash drawer ${id}` : `${id} of the bank's own`)
}
