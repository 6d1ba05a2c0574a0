import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import Fastify from 'fastify'
import { answerErrors } from '../../src/http/errors/error-handler.ts'
import { OutcomeUnknown, StoreUnavailable } from '../../src/storage/store.ts'
import { createLog } from '../../src/logging.ts'
import { isRecord } from '../support/client.ts'

/** What is logged of a request that ends with the error, and its status. */
async function failingWith(error: Error): Promise<{ status: number; lines: readonly string[] }> {
  const lines: string[] = []
  const log = createLog('info', (text) => lines.push(...text.trimEnd().split('\n')))
  const app = Fastify()
  answerErrors(app, log.logger)
  app.get('/', () => {
    throw error
  })
  const { statusCode } = await app.inject('/')
  log.flush()
  return { status: statusCode, lines }
}

const cause = new Error('database or disk is full')

describe('the log of a failed request', () => {
  for (const error of [
    new StoreUnavailable('the store could not write', { cause }),
    new OutcomeUnknown('the store could not write', { cause }),
  ]) {
    test(`that is ${error.name} is one line with the reason, and no stack`, async () => {
      const { status, lines } = await failingWith(error)
      assert.deepEqual([status, lines.length], [503, 1])
      const line: unknown = JSON.parse(lines[0] ?? '')
      assert.ok(isRecord(line))
      assert.deepEqual(
        [line['level'], line['reason']],
        ['error', 'the store could not write: database or disk is full'],
      )
      assert.doesNotMatch(lines[0] ?? '', /\bat .+:\d+/)
    })
  }

  test('that is a bug has its stack', async () => {
    const { status, lines } = await failingWith(new TypeError('a bug', { cause }))
    assert.deepEqual([status, lines.length], [500, 1])
    assert.match(lines[0] ?? '', /failures\.test\.ts:\d+/)
  })
})
