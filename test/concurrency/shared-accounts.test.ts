import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { balanceIn, centsOf, Client, errorIn, moneyOf } from '../support/client.ts'
import { assertRunningBalances, historyOf } from '../support/history.ts'
import { effectOf, inParallel, randomOperation, startLoad } from '../support/load.ts'
import { run, type Service, startService, temporaryFolder } from '../support/service.ts'

const clients = 64
const opening = { '1001': 50_000n, '1002': 125_075n, '9999': 0n }
const accounts = Object.keys(opening)

async function startOn(store: string): Promise<{ service: Service; client: Client }> {
  const service = await startService(['--store', store])
  return { service, client: new Client(service.url, clients) }
}

describe('64 clients at once', () => {
  for (const engine of ['memory:', 'sqlite:'] as const) {
    test(`withdrawing more than there is take all that divides and never a cent more, on ${engine}`, async (t) => {
      const store = engine === 'memory:' ? engine : `sqlite:${join(await temporaryFolder(t), 'atm.db')}`
      const { service, client } = await startOn(store)
      t.after(() => service.stop())
      const attempts = Array.from({ length: 1_000 })
      const answers = await inParallel(attempts, clients, () => client.operate('withdraw', '1001', '"3.33"'))
      const successes = answers.filter((answer) => answer.status === 200)
      const declined = answers.filter((answer) => answer.status === 400)
      assert.equal(successes.length, 150, 'as often as 3.33 fits into 500.00')
      assert.equal(declined.length, attempts.length - successes.length, 'all others are declined, none fails')
      for (const answer of declined) assert.equal(errorIn(answer), 'insufficient funds')
      assert.equal(await client.balance('1001'), opening['1001'] - 150n * 333n)

      const seen = successes.map((answer) => centsOf(balanceIn(answer))).toSorted((a, b) => Number(b - a))
      assert.deepEqual(
        seen,
        successes.map((_, index) => opening['1001'] - BigInt(index + 1) * 333n),
        'each success has its own balance',
      )
      assertRunningBalances(opening['1001'], await historyOf(client, '1001'))
      client.close()
    })
  }

  test('with deposits and withdrawals on shared accounts add up to the cent', async (t) => {
    const store = `sqlite:${join(await temporaryFolder(t), 'atm.db')}`
    const { service, client } = await startOn(store)
    t.after(() => service.stop('SIGKILL'))
    const load = startLoad(client, clients, () => randomOperation(accounts))
    await load.reached(6_000)
    load.stop()
    await load.finished
    assert.deepEqual(load.result.unanswered, [])
    assert.ok(load.result.answered.every(({ answer }) => answer.status === 200 || answer.status === 400))

    for (const [account, cents] of Object.entries(opening)) {
      const mine = load.result.answered.filter(({ operation }) => operation.account === account)
      const expected = mine.reduce((sum, answered) => sum + effectOf(answered), cents)
      assert.equal(moneyOf(await client.balance(account)), moneyOf(expected), account)
      const rows = await historyOf(client, account)
      assert.equal(rows.length, mine.filter(({ answer }) => answer.status === 200).length)
      assertRunningBalances(cents, rows)
    }
    client.close()
    assert.equal((await service.stop()).code, 0)
    const verified = await run('src/verify.ts', ['--store', store])
    assert.equal(verified.code, 0, verified.stdout + verified.stderr)
  })
})
