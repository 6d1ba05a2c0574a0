import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { describe, test } from 'node:test'
import { type Answer, balanceIn, Client, moneyOf } from '../support/client.ts'
import { assertVerified } from '../support/exactly-once.ts'
import { historyOf } from '../support/history.ts'
import { createDatabase, withSql } from '../support/postgres.ts'
import { startProxy } from '../support/proxy.ts'
import { startService } from '../support/service.ts'

function countPostings(store: string): Promise<number> {
  return withSql(store, async (sql) => {
    const [row] = await sql<{ postings: number }[]>`SELECT count(*)::int AS postings FROM postings`
    return row?.postings ?? 0
  })
}

interface Loss {
  /** Whether the server gave an answer of that number, before the service had all that it needed. */
  readonly wasLost: boolean
  readonly wasCommitted: boolean
}

describe('a server answer that is lost', () => {
  for (const key of [undefined, 'key'])
    test(`is made up for without a double, ${key === undefined ? 'also with no key' : 'with a key'}`, async (t) => {
      const store = await createDatabase(t)
      const proxy = await startProxy(t, store)
      const service = await startService(['--store', proxy.url])
      t.after(() => service.stop().then(() => undefined))
      const client = new Client(service.url)
      let expected = 0n

      const deposit = async (name: string): Promise<void> => {
        expected += 1n
        const answer = await client.operate(
          'deposit',
          '9999',
          '"0.01"',
          key && `${key}-${name.replaceAll(' ', '-')}`,
        )
        assert.equal(balanceIn(answer), moneyOf(expected), name)
      }
      const loseAnswer = async (number: number, way: string): Promise<Loss> => {
        const before = await countPostings(store)
        const heldBack = proxy.holdBack(number).then(() => true)
        const deposited = deposit(`${way}-${number}`)
        const wasLost = await Promise.race([heldBack, deposited.then(() => false)])
        const wasCommitted = wasLost && (await countPostings(store)) > before
        proxy.cut()
        await deposited
        assert.equal(await client.balance('9999'), expected)
        return { wasLost, wasCommitted }
      }

      /** What comes before, so that the batch goes the one way or the other: a new connection trusts nothing. */
      const ways = {
        'on a new connection': () => Promise.resolve(proxy.cut()),
        'to what was just written': () => deposit(randomUUID()),
      }
      for (const [way, prepare] of Object.entries(ways)) {
        const losses: Loss[] = []
        // The network may put two answers together, so that one pass can miss the one that counts.
        for (let pass = 0; pass < 5 && !losses.some(({ wasCommitted }) => wasCommitted); pass += 1) {
          let number = 0
          do {
            number += 1
            await prepare()
            losses.push(await loseAnswer(number, `${way} ${pass}`))
          } while (losses.at(-1)?.wasLost)
        }
        const committed = losses.filter(({ wasCommitted }) => wasCommitted).length
        assert.ok(committed > 0, `no answer of a commit was lost ${way}`)
        t.diagnostic(`${way}: ${losses.length} answers lost, one by one, ${committed} after a commit`)
      }
      assert.equal((await historyOf(client, '9999')).length, Number(expected))
      client.close()
      await assertVerified(store)
    })

  test('on a connection that stays open is not waited for without end', { timeout: 60_000 }, async (t) => {
    const store = await createDatabase(t)
    const proxy = await startProxy(t, store)
    const service = await startService(['--store', proxy.url])
    t.after(() => service.stop().then(() => undefined))
    const client = new Client(service.url)
    const deposit = (): Promise<Answer> => client.operate('deposit', '9999', '"0.01"', 'silent')
    const heldBack = proxy.holdBack(1)
    const begin = performance.now()
    const answer = deposit()
    await heldBack
    assert.equal((await answer).status, 503)
    assert.ok((await answer).headers['retry-after'])
    assert.ok(performance.now() - begin < 15_000, 'it is told soon enough')
    proxy.cut()
    assert.equal(balanceIn(await deposit()), '0.01')
    assert.equal(await client.balance('9999'), 1n)
    client.close()
  })
})
