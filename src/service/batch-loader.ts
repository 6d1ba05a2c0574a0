/** A question, and how to settle it. */
export interface PendingItem<Item, Result> {
  readonly item: Item
  readonly resolve: (result: Result) => void
  readonly reject: (error: unknown) => void
}

/**
 * Answers many questions with one look: what is asked in one turn of the event loop is answered together.
 * It spares a transaction for each read, and lets the replies to a burst of requests leave in a burst.
 */
export class BatchLoader<Item, Result> {
  readonly #answer: (items: readonly Item[]) => Promise<readonly Result[]>
  #asked: PendingItem<Item, Result>[] = []

  /** `answer` gives a result for each item, in their order. */
  constructor(answer: (items: readonly Item[]) => Promise<readonly Result[]>) {
    this.#answer = answer
  }

  load(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      if (this.#asked.length === 0) setImmediate(() => void this.#answerAsked())
      this.#asked.push({ item, resolve, reject })
    })
  }

  async #answerAsked(): Promise<void> {
    const asked = this.#asked
    this.#asked = []
    await settleTogether(asked, (items) => this.#answer(items))
  }
}

/** Asks for all items at once and settles each with its own result. */
export async function settleTogether<Item, Result>(
  asked: readonly PendingItem<Item, Result>[],
  answer: (items: readonly Item[]) => Promise<readonly Result[]>,
): Promise<void> {
  try {
    const results = await answer(asked.map(({ item }) => item))
    if (results.length !== asked.length) throw new Error('there is not one result for each item')
    for (const [index, result] of results.entries()) asked[index]?.resolve(result)
  } catch (error) {
    for (const { reject } of asked) reject(error)
  }
}
