import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import {
  type BankAnswered,
  BankRecord,
  type BankRequest,
  beABankClient,
  sendBankRequest,
} from '../support/bank-load.ts'
import { Client, moneyOf, wasReplayed } from '../support/client.ts'
import { bankEffectOf } from '../support/effects.ts'
import { assertVerified } from '../support/exactly-once.ts'
import { startInstances } from '../support/instances.ts'
import { inParallel } from '../support/load.ts'
import { createDatabase } from '../support/postgres.ts'
import { openAccount } from '../support/requests.ts'
import { startService, temporaryFolder } from '../support/service.ts'
import { rounds as roundsOf } from '../support/rounds.ts'

const rounds = roundsOf({ quick: 2, full: 20 })
const timeout = 60_000 + rounds * 10_000
const clients = 32
const opening = 100_000n
const accounts = Array.from({ length: 10 }, (_, index) => String(2_001 + index))

/** What the requests so far must have made of the accounts, and how often each kind was carried out. */
class Expected {
  readonly balances = new Map(accounts.map((account) => [account, opening]))
  readonly carriedOut = new Map<string, number>()
  unanswered = 0
  foundBooked = 0

  take({ request, answer }: BankAnswered): void {
    assert.ok([200, 201, 400].includes(answer.status), answer.text)
    const effect = answer.status < 300 ? bankEffectOf(request, answer.text) : undefined
    if (effect === undefined) return
    this.carriedOut.set(effect.kind, (this.carriedOut.get(effect.kind) ?? 0) + 1)
    for (const [account, cents] of effect.effects)
      this.balances.set(account, (this.balances.get(account) ?? 0n) + cents)
  }
}

/** Lets clients work, kills at some moment, and answers what they have sent. */
async function killUnderLoad(client: Client, kill: () => Promise<unknown>): Promise<BankRecord> {
  const record = new BankRecord()
  const busy = record.reached(50)
  const working = Array.from({ length: clients }, () => beABankClient(client, accounts, record, () => false))
  await busy
  await pause(randomInt(0, 200))
  await kill()
  await Promise.all(working)
  return record
}

async function settle(client: Client, unanswered: readonly BankRequest[]): Promise<BankAnswered[]> {
  return inParallel(unanswered, clients, async (request) => {
    for (;;) {
      const answer = await sendBankRequest(client, request)
      if (answer.status !== 503) return { request, answer }
    }
  })
}

/** Sends again what was left open, and holds every answer and every balance against what the requests were told. */
async function assertBookedOnce(
  client: Client,
  store: string,
  record: BankRecord,
  expected: Expected,
): Promise<void> {
  const settled = await settle(client, record.unanswered)
  expected.unanswered += settled.length
  expected.foundBooked += settled.filter(({ answer }) => wasReplayed(answer)).length
  const all = [...record.answered, ...settled]
  for (const answered of all) expected.take(answered)
  await inParallel(all, clients, async ({ request, answer }) => {
    const again = await sendBankRequest(client, request)
    assert.ok(wasReplayed(again), `forgotten: ${request.path} ${answer.text}, now ${again.text}`)
    assert.deepEqual([again.status, again.text], [answer.status, answer.text])
  })
  for (const [account, cents] of expected.balances)
    assert.equal(moneyOf(await client.balance(account)), moneyOf(cents), account)
  await assertVerified(store)
}

function assertAllKinds({ carriedOut }: Expected): void {
  for (const kind of ['transfer', 'hold', 'capture', 'release', 'reverse'])
    assert.ok((carriedOut.get(kind) ?? 0) >= rounds, `${kind}: ${carriedOut.get(kind) ?? 0}`)
}

function summary({ carriedOut, unanswered, foundBooked }: Expected): string {
  const kinds = [...carriedOut].map(([kind, count]) => `${kind} ${count}`).join(', ')
  return `${rounds} rounds: ${kinds}; ${unanswered} without an answer were retried, of which ${foundBooked} were done already`
}

describe('transfers, holds and reversals are each booked exactly once', () => {
  test(`through ${rounds} kills of the service`, { timeout }, async (t) => {
    const store = `sqlite:${join(await temporaryFolder(t), 'atm.db')}`
    const start = () => startService(['--store', store, '--idempotency-ttl', '3600'])
    const expected = new Expected()
    let service = await start()
    t.after(() => service.stop('SIGKILL'))
    let client = new Client(service.url)
    for (const account of accounts) await openAccount(client, account, opening)
    for (let round = 0; round < rounds; round += 1) {
      const record = await killUnderLoad(client, () => service.stop('SIGKILL'))
      client.close()
      service = await start()
      client = new Client(service.url)
      await assertBookedOnce(client, store, record, expected)
    }
    client.close()
    assertAllKinds(expected)
    t.diagnostic(summary(expected))
  })

  test(`through ${rounds} kills of one of two instances on PostgreSQL`, { timeout }, async (t) => {
    const store = await createDatabase(t)
    const [first, second] = await startInstances(t, store, 2)
    assert.ok(first && second)
    const expected = new Expected()
    for (const account of accounts) await openAccount(first.client, account, opening)
    for (let round = 0; round < rounds; round += 1) {
      const [victim, survivor] = round % 2 === 0 ? [first, second] : [second, first]
      const going = new BankRecord()
      const state = { isOver: false }
      const others = Array.from({ length: clients }, () =>
        beABankClient(survivor.client, accounts, going, () => state.isOver),
      )
      const record = await killUnderLoad(victim.client, () => victim.service.stop('SIGKILL'))
      state.isOver = true
      await Promise.all(others)
      assert.deepEqual(going.unanswered, [])
      for (const answered of going.answered) record.add(answered)
      await assertBookedOnce(survivor.client, store, record, expected)
      await victim.restart()
    }
    assertAllKinds(expected)
    t.diagnostic(summary(expected))
  })
})
