import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Command } from '../../src/ledger/commands/registry.ts'
import { plainTerms } from '../../src/ledger/terms.ts'
import { openPostgres } from '../../src/storage/postgres/open-postgres.ts'
import { ask, throwIfFailed, expect, openPair } from '../storage/postgres-stores.ts'
import { startProxy } from '../support/proxy.ts'

describe('an answer of PostgreSQL that is lost in a batch of several statements', () => {
  test('is made up for: all that the batch changes is changed once', { timeout: 120_000 }, async (t) => {
    const { url, stores } = await openPair(t)
    const direct = stores[0]
    const proxy = await startProxy(t, url)
    const store = await openPostgres(proxy.url, { terms: plainTerms(600_000), clock: Date.now })
    t.after(() => store.close())

    let round = 0
    /** Answers whether the answer of that number was lost, and whether all was committed by then. */
    const loseAnswer = async (number: number): Promise<{ wasLost: boolean; wasCommitted: boolean }> => {
      round += 1
      const { hold } = expect(await ask(store, { kind: 'hold', account: '1', amount: 2n }), 'held')
      const commands: readonly Command[] = [
        { kind: 'open', account: `new-${round}`, openingBalance: 0n },
        { kind: 'capture', holdId: hold.id, amount: 1n },
        { kind: 'change', account: '2', limits: { dailyCount: round } },
      ]
      const heldBack = proxy.holdBack(number).then(() => true)
      const committed = store.commit(commands)
      const wasLost = await Promise.race([heldBack, committed.then(() => false)])
      const wasCommitted = wasLost && (await direct.reads.accounts([`new-${round}`]))[0] !== undefined
      proxy.cut()
      const [opened, captured, changed] = await committed
      assert.ok(opened && captured && changed)
      assert.equal(expect(opened, 'opened').replayed, false)
      assert.equal(expect(changed, 'changed').account.limits.dailyCount, round)
      const { posting } = expect(captured, 'captured')
      assert.deepEqual((await direct.reads.posting(posting.id))?.posting, posting)
      const stored = await direct.reads.hold(hold.id)
      assert.deepEqual([stored?.hold.state, stored?.hold.capturePostingId], ['captured', posting.id])
      const { account } = (await direct.reads.details('1')) ?? assert.fail()
      assert.deepEqual([account.balance, account.openHolds], [100_000n - BigInt(round), []])
      assert.equal((await direct.reads.details('2'))?.account.limits.dailyCount, round)
      return { wasLost, wasCommitted }
    }

    let committed = 0
    let lost = 0
    // The network may put two answers together, so that one pass can miss the one that counts.
    for (let pass = 0; pass < 25 && committed === 0; pass += 1) {
      for (let number = 1; ; number += 1) {
        const { wasLost, wasCommitted } = await loseAnswer(number)
        if (!wasLost) break
        lost += 1
        if (wasCommitted) committed += 1
      }
    }
    t.diagnostic(`${lost} answers lost, one by one, ${committed} after a commit`)
    assert.ok(committed > 0, 'no answer of a commit was lost')
    await throwIfFailed(url)
  })
})
