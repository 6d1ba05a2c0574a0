import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Client } from '../support/client.ts'
import { type Bank, deployments, inTurn } from '../support/deployments.ts'
import { assertVerified } from '../support/exactly-once.ts'
import { inLanes, inParallel } from '../support/load.ts'
import {
  accountNow,
  captureHold,
  centsIn,
  moveCash,
  openAccount,
  placeHold,
  releaseHold,
  textIn,
  type Told,
  transfer,
  tryToHold,
} from '../support/requests.ts'
import { rounds as roundsOf } from '../support/rounds.ts'

const rounds = roundsOf({ quick: 100, full: 1_000 })
const opening = 10_000_000n
const held = 500n
const lanes = Array.from({ length: 16 }, (_, index) => ({
  number: String(710_000 + index),
  balance: opening,
}))

type Contestant = (client: Client, holdId: string) => Promise<Told>

const captureOf =
  (cents: bigint): Contestant =>
  (client, holdId) =>
    captureHold(client, holdId, cents)

/** Sends all of them at once, every other one to the second of the two, and answers the one that won. */
async function race(bank: Bank, holdId: string, contestants: readonly Contestant[]): Promise<Told> {
  const answers = await Promise.all(
    contestants.map((contestant, index) => contestant(inTurn(bank, index), holdId)),
  )
  const [winner, ...others] = answers.filter(({ status }) => status === 200)
  assert.ok(winner !== undefined && others.length === 0, answers.map(({ text }) => text).join('\n'))
  const end = textIn(winner, 'status')
  for (const { status, code, text } of answers.filter((answer) => answer !== winner))
    assert.deepEqual([status, code], [400, `hold_${end}`], text)
  return winner
}

/** What a won race has taken out of the account, in cents. */
function takenBy(winner: Told): bigint {
  return textIn(winner, 'status') === 'captured' ? centsIn(winner, 'captured_amount') : 0n
}

const contests: readonly { readonly name: string; readonly contestants: readonly Contestant[] }[] = [
  {
    name: 'captures of one hold at once: one wins, and takes what it asked for',
    contestants: [captureOf(500n), captureOf(1n), captureOf(499n), captureOf(20n)],
  },
  {
    name: 'captures against releases of one hold: one wins, and the other kind is told which',
    contestants: [captureOf(500n), releaseHold, releaseHold, captureOf(30n)],
  },
]

/** Turns the order round by round, so that everyone is first now and then. */
function turned<Item>(items: readonly Item[], round: number): readonly Item[] {
  const first = round % items.length
  return [...items.slice(first), ...items.slice(0, first)]
}

for (const { name: deployment, start } of deployments) {
  describe(`holds on ${deployment}`, () => {
    for (const { name, contestants } of contests) {
      test(`${rounds} rounds of ${name}`, async (t) => {
        const bank = await start(t)
        const wins = new Map<string, number>()
        for (const { number } of lanes) await openAccount(bank.clients[0], number, opening)
        await inLanes(
          lanes.map((lane) => ({ ...lane })),
          rounds,
          async (lane, round) => {
            const holdId = await placeHold(inTurn(bank, round), lane.number, held)
            const winner = await race(bank, holdId, turned(contestants, Math.floor(round / lanes.length)))
            lane.balance -= takenBy(winner)
            const { balance } = lane
            const now = await accountNow(inTurn(bank, round + 1), lane.number)
            assert.deepEqual(now, { status: 'open', balance, held: 0n, available: balance })
            const how = `${textIn(winner, 'status')} ${takenBy(winner)}`
            wins.set(how, (wins.get(how) ?? 0) + 1)
          },
        )
        t.diagnostic([...wins].map(([how, times]) => `${how}: ${times}`).join(' · '))
        assert.ok(wins.size > 1, 'not always the same one wins')
        await assertVerified(bank.store)
      })
    }

    test('holds, withdrawals and transfers that want more than there is take all that divides', async (t) => {
      const bank = await start(t)
      const [number, other] = ['720000', '720001'] as const
      await openAccount(bank.clients[0], number, 50_000n)
      await openAccount(bank.clients[1], other, 0n)
      const ways = [
        (client: Client) => tryToHold(client, number, 333n),
        (client: Client) => moveCash(client, 'withdraw', number, 333n),
        (client: Client) => transfer(client, { from: number, to: other, cents: 333n }),
      ]
      const answers = await inParallel(Array.from({ length: 600 }), 64, async (_, index) => {
        const way = ways[index % ways.length] ?? assert.fail()
        return way(inTurn(bank, index))
      })
      const placed = answers.filter(({ status }) => status === 201).length
      const taken = answers.filter(({ status }) => status === 200).length
      assert.equal(placed + taken, 150, 'as often as 3.33 fits into 500.00')
      for (const { status, code } of answers)
        if (status > 201) assert.deepEqual([status, code], [400, 'insufficient_funds'])
      assert.deepEqual(await accountNow(bank.clients[1], number), {
        status: 'open',
        balance: 50_000n - BigInt(taken) * 333n,
        held: BigInt(placed) * 333n,
        available: 50n,
      })
      await assertVerified(bank.store)
    })
  })
}
