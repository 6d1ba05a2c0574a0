/** An item that waits for its result. */
export interface PendingItem<Item, Result> {
  readonly item: Item
  readonly resolve: (result: Result) => void
  readonly reject: (error: unknown) => void
}

/**
 * Loads together what is requested in one turn of the event loop. It spares a transaction for each read, and lets the
 * replies to a burst of requests leave in a burst.
 */
export class BatchLoader<Item, Result> {
  readonly #loadAll: (items: readonly Item[]) => Promise<readonly Result[]>
  #pending: PendingItem<Item, Result>[] = []

  /** `loadAll` answers a result for each item, in their order. */
  constructor(loadAll: (items: readonly Item[]) => Promise<readonly Result[]>) {
    this.#loadAll = loadAll
  }

  load(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      if (this.#pending.length === 0) setImmediate(() => void this.#loadPending())
      this.#pending.push({ item, resolve, reject })
    })
  }

  async #loadPending(): Promise<void> {
    const pending = this.#pending
    this.#pending = []
    await resolveAll(pending, (items) => this.#loadAll(items))
  }
}

/** Resolves each item with its own result of one call for all of them. */
export async function resolveAll<Item, Result>(
  pending: readonly PendingItem<Item, Result>[],
  call: (items: readonly Item[]) => Promise<readonly Result[]>,
): Promise<void> {
  try {
    const results = await call(pending.map(({ item }) => item))
    if (results.length !== pending.length) throw new Error('there is not one result for each item')
    for (const [index, result] of results.entries()) pending[index]?.resolve(result)
  } catch (error) {
    for (const { reject } of pending) reject(error)
  }
}
