import assert from 'node:assert/strict'
import { once } from 'node:events'
import { get, IncomingMessage } from 'node:http'
import { createInterface } from 'node:readline'

/** The lines of a 200 answer as they arrive, so that an answer of any length can be read. Fails if it breaks off. */
export async function* linesOf(url: string, accept: string): AsyncGenerator<string> {
  const request = get(url, { headers: { Accept: accept }, agent: false })
  const [response]: unknown[] = await once(request, 'response')
  assert.ok(response instanceof IncomingMessage)
  assert.equal(response.statusCode, 200)
  assert.ok(response.headers['content-type']?.startsWith(accept), response.headers['content-type'])
  const ended = once(response, 'end')
  yield* createInterface({ input: response, crlfDelay: Infinity })
  await ended
  assert.ok(response.complete, 'the answer broke off')
}
