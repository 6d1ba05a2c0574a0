import { randomInt, randomUUID } from 'node:crypto'
import { type Answer, type Client, moneyOf, type OperationKind } from './client.ts'

/** One keyed deposit or withdrawal. The key makes it safe to send again. */
export interface Operation {
  readonly key: string
  readonly account: string
  readonly kind: OperationKind
  readonly amountCents: bigint
}

export interface Answered {
  readonly operation: Operation
  readonly answer: Answer
}

export interface LoadResult {
  readonly answered: Answered[]
  /** Sent, but the connection ended without a whole answer. */
  readonly unanswered: Operation[]
}

export function sendOperation(client: Client, operation: Operation): Promise<Answer> {
  const { kind, account, amountCents, key } = operation
  return client.operate(kind, account, `"${moneyOf(amountCents)}"`, key)
}

/** Half of all operations hit the first account, the rest are spread evenly over the others. */
export function randomOperation(accounts: readonly string[]): Operation {
  const hot = randomInt(2) === 0
  return {
    key: randomUUID(),
    account: accounts[hot ? 0 : randomInt(accounts.length)] ?? '1001',
    kind: randomInt(2) === 0 ? 'deposit' : 'withdraw',
    amountCents: BigInt(randomInt(1, 5_000)),
  }
}

/** A random operation on one of the test accounts. */
export function testOperation(): Operation {
  return randomOperation(['1001', '1002', '9999'])
}

/** A load that runs until it is told to stop, or until every client has lost its connection. */
export interface Load {
  readonly result: LoadResult
  /** Resolves when every client has ended. */
  readonly finished: Promise<void>
  /** Resolves once so many operations have been answered. Rejects if the load ends before. */
  reached(count: number): Promise<void>
  stop(): void
}

/** Each client sends one operation after another. */
export function startLoad(client: Client, clients: number, next: () => Operation): Load {
  const result: LoadResult = { answered: [], unanswered: [] }
  const waiting: { count: number; resolve: () => void; reject: (reason: Error) => void }[] = []
  const stopping = new AbortController()

  const work = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const operation = next()
      let answer: Answer
      try {
        answer = await sendOperation(client, operation)
      } catch {
        result.unanswered.push(operation)
        return
      }
      result.answered.push({ operation, answer })
      for (const { count, resolve } of waiting) if (result.answered.length >= count) resolve()
    }
  }
  const workAll = async (): Promise<void> => {
    await Promise.all(Array.from({ length: clients }, work))
    for (const { count, reject } of waiting) reject(new Error(`the load ended before ${count} answers`))
  }
  return {
    result,
    finished: workAll(),
    reached: (count) => new Promise((resolve, reject) => waiting.push({ count, resolve, reject })),
    stop: () => stopping.abort(),
  }
}

/** Runs the jobs with so many at a time, and answers their results in order. */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  width: number,
  job: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = []
  const queue = items.entries()
  const work = async (): Promise<void> => {
    for (const [index, item] of queue) results[index] = await job(item, index)
  }
  await Promise.all(Array.from({ length: width }, work))
  return results
}

/** Runs so many rounds, spread over the lanes: within a lane one after the other, the lanes side by side. */
export async function inLanes<Lane>(
  lanes: readonly Lane[],
  rounds: number,
  play: (lane: Lane, round: number) => Promise<void>,
): Promise<void> {
  const playLane = async (lane: Lane, first: number): Promise<void> => {
    for (let round = first; round < rounds; round += lanes.length) await play(lane, round)
  }
  await Promise.all(lanes.map(playLane))
}

/** What a successful operation did to its account: the sum is what the balance must have moved by. */
export function effectOf({ operation, answer }: Answered): bigint {
  if (answer.status !== 200) return 0n
  return operation.kind === 'deposit' ? operation.amountCents : -operation.amountCents
}
