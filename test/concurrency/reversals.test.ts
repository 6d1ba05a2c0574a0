import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Client } from '../support/client.ts'
import { type Bank, deployments, inTurn } from '../support/deployments.ts'
import { assertVerified } from '../support/exactly-once.ts'
import { inLanes } from '../support/load.ts'
import {
  accountNow,
  ask,
  centsIn,
  expectStatus,
  innerOf,
  openAccount,
  type Original,
  reverse,
  textIn,
  type Told,
  transfer,
  type TransferRequest,
} from '../support/requests.ts'
import { rounds as roundsOf } from '../support/rounds.ts'

const rounds = roundsOf({ quick: 100, full: 1_000 })
const laneCount = 16
const opening = 1_000_000n
const moved = 1_000n

/** Two accounts between which a round moves money, and what they must hold by now. */
interface Lane {
  readonly numbers: readonly [string, string]
  readonly balances: [bigint, bigint]
}

async function openLanes({ clients }: Bank): Promise<readonly Lane[]> {
  const lanes = Array.from({ length: laneCount }, (_, index): Lane => ({
    numbers: [`73${index + 1000}`, `74${index + 1000}`],
    balances: [opening, opening],
  }))
  for (const { numbers } of lanes)
    for (const number of numbers) await openAccount(clients[0], number, opening)
  return lanes
}

/** What a round moves: to and fro, so that the money lasts. */
function originalOf({ numbers }: Lane, round: number): TransferRequest {
  const [one, other] = numbers
  return isForth(round) ? { from: one, to: other, cents: moved } : { from: other, to: one, cents: moved }
}

function isForth(round: number): boolean {
  return Math.floor(round / laneCount) % 2 === 0
}

/** Fails unless the lane's accounts hold what they did, but for so many cents that the original still moves. */
async function assertLeft({ clients }: Bank, lane: Lane, round: number, cents: bigint): Promise<void> {
  const change = isForth(round) ? cents : -cents
  lane.balances[0] -= change
  lane.balances[1] += change
  const now = await Promise.all(
    lane.numbers.map((number, index) => accountNow(clients[index % 2 === 0 ? 0 : 1], number)),
  )
  assert.deepEqual(
    now.map(({ balance }) => balance),
    lane.balances,
  )
}

/** By the id of the original or by its key, in turns that no instance always has the same of. */
function waysToName(told: Told, key: string): readonly Original[] {
  const byId = { transaction_id: textIn(told, 'transaction_id') }
  const byKey = { idempotency_key: key }
  return [byId, byId, byKey, byKey]
}

function reversalId(told: Told): string {
  assert.equal(textIn(expectStatus(told, 200), 'status'), 'reversed')
  return textIn(innerOf(told, 'transaction'), 'id')
}

async function assertReversed(client: Client, told: Told, cents: bigint): Promise<void> {
  const id = textIn(told, 'transaction_id')
  const transaction = expectStatus(await ask(client, 'GET', `/transactions/${id}`), 200)
  assert.equal(centsIn(transaction, 'reversed'), cents)
}

for (const { name, start } of deployments) {
  describe(`reversals on ${name}`, () => {
    test(`${rounds} rounds of whole reversals at once, by id and by key: one moves, all answer it`, async (t) => {
      const bank = await start(t)
      await inLanes(await openLanes(bank), rounds, async (lane, round) => {
        const key = `whole-${round}`
        const original = expectStatus(await transfer(inTurn(bank, round), originalOf(lane, round), key), 200)
        const answers = await Promise.all(
          waysToName(original, key).map((named, index) => reverse(inTurn(bank, index), named)),
        )
        assert.equal(new Set(answers.map(reversalId)).size, 1, 'all answer the same reversal')
        assert.ok(!answers.some(({ replayed }) => replayed), 'none has a key that was used before')
        await assertReversed(inTurn(bank, round + 1), original, moved)
        await assertLeft(bank, lane, round, 0n)
      })
      await assertVerified(bank.store)
    })

    test(`${rounds} rounds of partial reversals at once never give back more than was moved`, async (t) => {
      const bank = await start(t)
      await inLanes(await openLanes(bank), rounds, async (lane, round) => {
        const key = `part-${round}`
        const original = expectStatus(await transfer(inTurn(bank, round), originalOf(lane, round), key), 200)
        const answers = await Promise.all(
          waysToName(original, key).map((named, index) => reverse(inTurn(bank, index), named, 400n)),
        )
        const made = answers.filter(({ status }) => status === 200)
        assert.equal(made.length, 2, 'as often as 4.00 fits into 10.00')
        assert.equal(new Set(made.map(reversalId)).size, 2, 'each has made one of its own')
        for (const { status, code, text } of answers)
          if (status !== 200) assert.deepEqual([status, code], [400, 'reversal_exceeds_transaction'], text)
        await assertReversed(inTurn(bank, round + 1), original, 800n)
        await assertLeft(bank, lane, round, moved - 800n)
      })
      await assertVerified(bank.store)
    })

    test(`${rounds} rounds of partial against whole reversals give back all, and no more`, async (t) => {
      const bank = await start(t)
      const wins = { whole: 0, afterPart: 0 }
      await inLanes(await openLanes(bank), rounds, async (lane, round) => {
        const key = `mixed-${round}`
        const original = expectStatus(await transfer(inTurn(bank, round), originalOf(lane, round), key), 200)
        const wholeIsFirst = Math.floor(round / (2 * laneCount)) % 2 === 0
        const id = textIn(original, 'transaction_id')
        const reversePart = () => reverse(bank.clients[0], { transaction_id: id }, 400n)
        const reverseWhole = () => reverse(bank.clients[1], { idempotency_key: key })
        const [whole, partial] = await raceInOrder(reverseWhole, reversePart, wholeIsFirst)
        const { body } = innerOf(expectStatus(whole, 200), 'transaction')
        if (partial.status === 200) wins.afterPart += 1
        else {
          assert.deepEqual([partial.status, partial.code], [400, 'reversal_exceeds_transaction'])
          wins.whole += 1
        }
        assert.equal(body['amount'], partial.status === 200 ? '6.00' : '10.00')
        await assertReversed(inTurn(bank, round + 1), original, moved)
        await assertLeft(bank, lane, round, 0n)
      })
      t.diagnostic(`all at once in ${wins.whole} rounds, in two parts in ${wins.afterPart}`)
      assert.ok(wins.whole > 0 && wins.afterPart > 0, 'both were first now and then')
      await assertVerified(bank.store)
    })

    test(`${rounds} rounds of a reversal by key against its own late original leave nothing moved`, async (t) => {
      const bank = await start(t)
      const seen = { reversed: 0, key_closed: 0 }
      await inLanes(await openLanes(bank), rounds, async (lane, round) => {
        const key = `late-${round}`
        const send = (): Promise<Told> => transfer(inTurn(bank, round), originalOf(lane, round), key)
        const undo = (): Promise<Told> =>
          reverse(inTurn(bank, round + 1), { idempotency_key: key }, undefined, `undo-${key}`)
        const [original, reversal] = await raceInOrder(
          send,
          undo,
          Math.floor(round / (2 * laneCount)) % 2 === 0,
        )
        const end = textIn(expectStatus(reversal, 200), 'status')
        assert.ok(end === 'reversed' || end === 'key_closed', reversal.text)
        seen[end] += 1
        if (end === 'reversed') expectStatus(original, 200)
        else assert.deepEqual([original.status, original.code], [400, 'idempotency_key_closed'])
        await assertLeft(bank, lane, round, 0n)

        const [original2, reversal2] = await raceInOrder(send, undo, true)
        assert.deepEqual([original2.status, original2.text], [original.status, original.text])
        assert.deepEqual([reversal2.text, reversal2.replayed], [reversal.text, true])
        await assertLeft(bank, lane, round, 0n)
      })
      t.diagnostic(`reversed in ${seen.reversed} rounds, closed in ${seen.key_closed}`)
      assert.ok(seen.reversed > 0 && seen.key_closed > 0, 'both were first now and then')
      await assertVerified(bank.store)
    })
  })
}

/** Both at once; answers the first and the second, whichever was sent first. */
async function raceInOrder(
  one: () => Promise<Told>,
  other: () => Promise<Told>,
  oneIsFirst: boolean,
): Promise<readonly [Told, Told]> {
  if (oneIsFirst) return Promise.all([one(), other()])
  const [second, first] = await Promise.all([other(), one()])
  return [first, second]
}
