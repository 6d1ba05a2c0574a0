import { Readable } from 'node:stream'
import { spec, type TestEvent } from 'node:test/reporters'

/** Node prints the counts before the coverage table, and the table then pushes them off the screen. */
async function* countsLast(events: AsyncIterable<TestEvent>): AsyncGenerator<TestEvent> {
  const counts: TestEvent[] = []
  for await (const event of events) {
    const isCount = event.type === 'test:diagnostic' && event.data.file === undefined
    if (isCount) counts.push(event)
    else yield event
  }
  yield* counts
}

/** Node's own `spec` output, ended by how many tests passed. */
export default async function* report(events: AsyncIterable<TestEvent>): AsyncGenerator {
  yield* Readable.from(countsLast(events)).compose(new spec())
}
