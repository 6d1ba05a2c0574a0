import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { errorIn, serviceForSuite } from '../support/client.ts'
import { type HistoryRow, historyOf, rowsIn } from '../support/history.ts'
import { pagesOf } from '../support/pages.ts'
import {
  captureHold,
  moveCash,
  openAccount,
  placeHold,
  reverse,
  textIn,
  transfer,
} from '../support/requests.ts'

const types = ['deposit', 'withdraw', 'transfer_out', 'transfer_in', 'capture', 'reversal_out', 'reversal_in']
const path = '/accounts/filtered/transactions'

describe('transactions can be filtered', () => {
  const atm = serviceForSuite()
  let all: readonly HistoryRow[] = []

  before(async () => {
    const { client } = atm
    await openAccount(client, 'filtered', 100_000n)
    await openAccount(client, 'other', 100_000n)
    for (let round = 0; round < 15; round += 1) {
      await moveCash(client, 'deposit', 'filtered', 100n)
      await moveCash(client, 'withdraw', 'filtered', 10n)
      const out = await transfer(client, { from: 'filtered', to: 'other', cents: 5n })
      const back = await transfer(client, { from: 'other', to: 'filtered', cents: 6n })
      await captureHold(client, await placeHold(client, 'filtered', 7n))
      if (round % 3 === 0) await reverse(client, { transaction_id: textIn(out, 'transaction_id') })
      if (round % 5 === 0) await reverse(client, { transaction_id: textIn(back, 'transaction_id') })
    }
    all = await historyOf(client, 'filtered')
    assert.equal(all.length, 84)
  })

  const rowsOf = async (query: string): Promise<HistoryRow[]> =>
    rowsIn(await atm.client.get(`${path}?${query}`))

  for (const type of types) {
    test(`by the type ${type}`, async () => {
      const expected = all.filter((row) => row.type === type)
      assert.ok(expected.length > 0)
      assert.deepEqual(await rowsOf(`type=${type}`), expected)
    })
  }

  test('by several types, whatever their order and however often', async () => {
    const expected = all.filter(({ type }) => type === 'deposit' || type === 'capture')
    assert.deepEqual(await rowsOf('type=capture,deposit'), expected)
    assert.deepEqual(await rowsOf('type=deposit,capture,deposit'), expected)
    assert.deepEqual(await rowsOf(`type=${types.join(',')}`), all)
  })

  test('by time, both ends inclusive', async () => {
    for (const [first, last] of [
      [0, 83],
      [10, 10],
      [20, 60],
      [83, 83],
    ] as const) {
      const from = all[first]?.ts ?? ''
      const to = all[last]?.ts ?? ''
      assert.deepEqual(
        await rowsOf(`from=${from}&to=${to}`),
        all.filter(({ ts }) => ts >= from && ts <= to),
      )
      assert.deepEqual(
        await rowsOf(`from=${from}`),
        all.filter(({ ts }) => ts >= from),
      )
      assert.deepEqual(
        await rowsOf(`to=${to}`),
        all.filter(({ ts }) => ts <= to),
      )
    }
  })

  test('to the fraction of a millisecond', async () => {
    const { ts } = all[40] ?? assert.fail()
    const shortlyAfter = ts.replace('Z', '0001Z')
    assert.deepEqual(
      await rowsOf(`from=${shortlyAfter}`),
      all.filter((row) => row.ts > ts),
    )
    assert.deepEqual(
      await rowsOf(`to=${shortlyAfter}`),
      all.filter((row) => row.ts <= ts),
    )
  })

  test('by days, and nothing is left of another day', async () => {
    const day = (all[0]?.ts ?? '').slice(0, 10)
    const lastDay = (all.at(-1)?.ts ?? '').slice(0, 10)
    assert.deepEqual(await rowsOf(`from=${day}&to=${lastDay}`), all)
    assert.deepEqual(await rowsOf('to=2001-01-01'), [])
    assert.deepEqual(await rowsOf('from=9999-01-01'), [])
  })

  test('in pages, and each link keeps the filters', async () => {
    const from = all[5]?.ts ?? ''
    const to = all[75]?.ts ?? ''
    const within = all.filter(({ ts }) => ts >= from && ts <= to)
    const selections = [
      { query: `from=${from}&to=${to}`, expected: within },
      { query: 'type=transfer_in,capture', expected: all.filter(isTransferInOrCapture) },
      {
        query: `type=transfer_in,capture&from=${from}&to=${to}`,
        expected: within.filter(isTransferInOrCapture),
      },
      {
        query: `type=deposit&from=${from.replace('Z', '+00:00')}`,
        expected: all.filter(({ ts, type }) => ts >= from && type === 'deposit'),
      },
    ]
    for (const { query, expected } of selections) {
      for (const limit of [1, 4, expected.length, 1_000]) {
        const pages = await pagesOf(atm.client, `${path}?limit=${limit}&${query}`)
        assert.deepEqual(pages.flat(), expected, query)
        assert.equal(pages.length, Math.ceil(expected.length / limit), query)
      }
    }
  })

  test('and where nothing is left there is one empty page', async () => {
    assert.deepEqual(await pagesOf(atm.client, `${path}?limit=5&to=2001-01-01&type=deposit`), [[]])
  })

  for (const query of [
    'type=',
    'type=opening',
    'type=Deposit',
    'type=deposit,',
    'type=deposit,,withdraw',
    'type=deposit;withdraw',
    'type=transfer',
    'type=deposit&type=withdraw',
    'from=',
    'from=yesterday',
    'to=2026-02-30',
    'from=2026-11-22&from=2026-11-22',
    'from=2026-11-23&to=2026-11-22',
    'from=2026-11-22T00:00:00.001Z&to=2026-11-22T00:00:00Z',
  ]) {
    test(`but not by ${query}, which is 422 with a limit or without`, async () => {
      for (const limit of ['', '&limit=5']) {
        const answer = await atm.client.get(`${path}?${query}${limit}`)
        assert.equal(answer.status, 422, answer.text)
        errorIn(answer)
      }
    })
  }
})

function isTransferInOrCapture({ type }: HistoryRow): boolean {
  return type === 'transfer_in' || type === 'capture'
}
