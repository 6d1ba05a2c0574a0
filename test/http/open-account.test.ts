import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import Fastify from 'fastify'
import { pino } from 'pino'
import { answerErrors } from '../../src/http/errors/error-handler.ts'
import { validateRequests } from '../../src/http/errors/validation.ts'
import { openingRoutes } from '../../src/http/accounts/open-account.ts'
import { documentRoutes } from '../../src/http/openapi.ts'
import { Ledger } from '../../src/service/ledger.ts'
import { plainTerms } from '../../src/ledger/terms.ts'
import { openStore } from '../../src/storage/open.ts'

/** Opens accounts, one after the other, on a service that draws these numbers, and answers what was told of each. */
async function openEach(
  t: TestContext,
  drawn: readonly string[],
  accounts: number,
): Promise<readonly string[]> {
  const terms = plainTerms(600_000)
  const store = await openStore('memory:', { terms, clock: Date.now })
  const app = Fastify()
  t.after(async () => {
    await app.close()
    await store.close()
  })
  validateRequests(app)
  await documentRoutes(app, '1.0.0')
  answerErrors(app, pino({ level: 'silent' }))
  const numbers = drawn.values()
  openingRoutes(app, new Ledger(store, terms), () => {
    const { value } = numbers.next()
    assert.ok(value !== undefined, 'more numbers were drawn than there are')
    return value
  })
  const told: string[] = []
  for (let account = 0; account < accounts; account += 1) {
    const { statusCode, headers } = await app.inject({
      method: 'POST',
      url: '/accounts',
      payload: { name: 'Ada' },
    })
    told.push(`${statusCode} ${String(headers.location)}`)
  }
  assert.equal(numbers.next().done, true, 'all numbers were drawn')
  return told
}

test('an account without a number is given another one while the drawn ones are taken', async (t) => {
  const drawn = ['1', '1', '1', '2']
  assert.deepEqual(await openEach(t, drawn, 2), ['201 /accounts/1', '201 /accounts/2'])
})

test('an account is not opened when five numbers in a row are taken', async (t) => {
  const drawn = Array.from({ length: 6 }, () => '1')
  assert.deepEqual(await openEach(t, drawn, 2), ['201 /accounts/1', '409 undefined'])
})
