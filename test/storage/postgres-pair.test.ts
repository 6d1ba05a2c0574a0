import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Command } from '../../src/ledger/commands/registry.ts'
import { connectTo } from '../support/postgres.ts'
import { untilBlocked } from '../support/faults.ts'
import { answerOf, ask, throwIfFailed, balanceOf, expect, openPair, type Pair } from './postgres-stores.ts'
import { rounds as roundsOf } from '../support/rounds.ts'

const rounds = roundsOf({ quick: 40, full: 150 })

/** Has the two stores do each its command at once, again and again; the answers in pairs. */
async function contest(
  { stores: [first, second] }: Pair,
  commandsOf: (round: number) => Promise<readonly [Command, Command]>,
): Promise<readonly (readonly [string, string])[]> {
  const answers: [string, string][] = []
  for (let round = 0; round < rounds; round += 1) {
    const commands = await commandsOf(round)
    const [one, other] = round % 2 === 0 ? commands : commands.toReversed()
    assert.ok(one && other)
    const outcomes = await Promise.all([ask(first, one), ask(second, other)])
    const [here, there] = outcomes.map(answerOf)
    answers.push(round % 2 === 0 ? [here ?? '', there ?? ''] : [there ?? '', here ?? ''])
  }
  return answers
}

function transfer(idempotencyKey?: string): Command {
  return { kind: 'transfer', from: '1', to: '2', amount: 100n, ...(idempotencyKey && { idempotencyKey }) }
}

function placeHold(idempotencyKey: string): Command {
  return { kind: 'hold', account: '1', amount: 100n, idempotencyKey }
}

function reverseKey(idempotencyKey: string): Command {
  return { kind: 'reverse', original: { idempotencyKey } }
}

describe('two stores on one PostgreSQL', () => {
  test('that get an original and its reversal by key at once move the money back, or never move it', async (t) => {
    const pair = await openPair(t)
    const answers = await contest(pair, async (round) => [transfer(`${round}`), reverseKey(`${round}`)])
    const kinds = new Set(answers.map((each) => each.join(' and ')))
    t.diagnostic([...kinds].join(' · '))
    const allowed = ['posted and posted', 'idempotency_key_closed and key_closed']
    assert.deepEqual(
      [...kinds].filter((kind) => !allowed.includes(kind)),
      [],
    )
    for (const account of ['1', '2']) assert.equal(await balanceOf(pair.stores[0], account), 100_000n)
    await throwIfFailed(pair.url)
  })

  test('that get a hold and its reversal by key at once free the money, or never hold it', async (t) => {
    const pair = await openPair(t)
    const answers = await contest(pair, async (round) => [placeHold(`${round}`), reverseKey(`${round}`)])
    const kinds = new Set(answers.map((each) => each.join(' and ')))
    t.diagnostic([...kinds].join(' · '))
    const allowed = ['held and released', 'idempotency_key_closed and key_closed']
    assert.deepEqual(
      [...kinds].filter((kind) => !allowed.includes(kind)),
      [],
    )
    assert.deepEqual((await pair.stores[0].reads.details('1'))?.account.openHolds, [])
    await throwIfFailed(pair.url)
  })

  test('of which one closes a key while the original waits in the other: the original is declined', async (t) => {
    const { url, stores } = await openPair(t)
    const sql = connectTo(url)
    t.after(() => sql.end())
    const original = await sql.begin(async (locking) => {
      await locking`SELECT 1 FROM accounts WHERE number = '1' FOR UPDATE`
      const waiting = ask(stores[0], transfer('late'))
      await untilBlocked(url)
      expect(await ask(stores[1], reverseKey('late')), 'key_closed')
      return { waiting }
    })
    assert.equal(answerOf(await original.waiting), 'idempotency_key_closed')
    assert.equal(await balanceOf(stores[0], '1'), 100_000n)
    await throwIfFailed(url)
  })

  test('of which one looks a key up just before the original arrives at the other: it is reversed', async (t) => {
    const { url, stores } = await openPair(t)
    expect(await ask(stores[0], transfer()), 'posted')
    const sql = connectTo(url)
    t.after(() => sql.end())
    // A reversal looks the key up first and then waits for a cash drawer, which a transfer does not need.
    const reversal = await sql.begin(async (locking) => {
      await locking`SELECT 1 FROM accounts WHERE number IS NULL FOR UPDATE`
      const waiting = ask(stores[1], reverseKey('just before'))
      await untilBlocked(url)
      expect(await ask(stores[0], transfer('just before')), 'posted')
      return { waiting }
    })
    assert.equal(expect(await reversal.waiting, 'posted').posting.kind, 'reversal')
    assert.equal(await balanceOf(stores[1], '1'), 99_900n)
    await throwIfFailed(url)
  })

  test('of which one used a key: the other answers from it before it looks at the request', async (t) => {
    const { stores } = await openPair(t)
    const [first, second] = stores
    // From here on the second one decides on account 1 without looking.
    expect(await ask(second, { kind: 'deposit', account: '1', amount: 1n }), 'posted')
    expect(await ask(first, { kind: 'deposit', account: '2', amount: 1n, idempotencyKey: 'used' }), 'posted')
    expect(await ask(first, reverseKey('closed')), 'key_closed')
    const toItself = { kind: 'transfer', from: '1', to: '1', amount: 1n } as const
    const answerUnder = async (idempotencyKey: string): Promise<string> =>
      answerOf(await ask(second, { ...toItself, idempotencyKey }))
    assert.equal(await answerUnder('used'), 'idempotency_key_reused')
    assert.equal(await answerUnder('closed'), 'idempotency_key_closed')
    assert.equal(await answerUnder('new'), 'same_account')
  })

  test('that reverse one posting at once give it back once, and answer the same', async (t) => {
    const pair = await openPair(t)
    const answers = await contest(pair, async () => {
      const { posting } = expect(await ask(pair.stores[0], transfer()), 'posted')
      const reverse = { kind: 'reverse', original: { postingId: posting.id } } as const
      return [reverse, reverse]
    })
    assert.ok(answers.every((each) => each.join() === 'posted,posted'))
    assert.equal(await balanceOf(pair.stores[0], '1'), 100_000n)
    await throwIfFailed(pair.url)
  })

  test('that give back parts of one posting at once never give back more than it moved', async (t) => {
    const pair = await openPair(t)
    const answers = await contest(pair, async () => {
      const deposit = { kind: 'deposit', account: '1', amount: 100n } as const
      const { posting } = expect(await ask(pair.stores[0], deposit), 'posted')
      const reverse = { kind: 'reverse', original: { postingId: posting.id }, amount: 60n } as const
      return [reverse, reverse]
    })
    for (const each of answers) assert.deepEqual(each.toSorted(), ['posted', 'reversal_exceeds_transaction'])
    assert.equal(await balanceOf(pair.stores[0], '1'), 100_000n + 40n * BigInt(rounds))
    await throwIfFailed(pair.url)
  })

  test('of which one captures a hold and the other releases it do one of the two', async (t) => {
    const pair = await openPair(t)
    const answers = await contest(pair, async () => {
      const { hold } = expect(await ask(pair.stores[1], { kind: 'hold', account: '1', amount: 10n }), 'held')
      return [
        { kind: 'capture', holdId: hold.id },
        { kind: 'release', holdId: hold.id },
      ]
    })
    const kinds = answers.map((each) => each.join(' and '))
    const captured = kinds.filter((kind) => kind === 'captured and hold_captured').length
    const released = kinds.filter((kind) => kind === 'hold_released and released').length
    assert.equal(captured + released, rounds, [...new Set(kinds)].join())
    assert.equal(await balanceOf(pair.stores[0], '1'), 100_000n - 10n * BigInt(captured))
    t.diagnostic(`${captured} captured, ${released} released`)
    await throwIfFailed(pair.url)
  })

  test('of which one holds money or freezes the account: the other knows at its next command', async (t) => {
    const { url, stores } = await openPair(t)
    const [first, second] = stores
    const withdrawal = { kind: 'withdraw', account: '1', amount: 60_000n } as const
    expect(await ask(second, { ...withdrawal, amount: 1n }), 'posted')
    const { hold } = expect(await ask(first, { kind: 'hold', account: '1', amount: 50_000n }), 'held')
    assert.equal(answerOf(await ask(second, withdrawal)), 'insufficient_funds')
    expect(await ask(first, { kind: 'release', holdId: hold.id }), 'released')
    expect(await ask(second, withdrawal), 'posted')
    expect(await ask(first, { kind: 'change', account: '1', status: 'frozen' }), 'changed')
    assert.equal(answerOf(await ask(second, { ...withdrawal, amount: 1n })), 'account_frozen')
    await throwIfFailed(url)
  })
})
