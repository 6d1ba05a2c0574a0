import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  CARD,
  deposit,
  depositReported,
  exchangeOf,
  openBank,
  reported,
  resolution,
  SESSION,
  signIn,
  TERMINAL,
  withdrawal,
} from './bank.ts'

const transfer = (sequence: number, amount: bigint, to = '1002') =>
  ({ kind: 'machine_transfer', terminal: TERMINAL, sequence, session: SESSION, to, amount }) as const

const twenties = (notes: number) => [{ unit: 'c20', notes }]

const count = (sequence: number, notes: number) =>
  ({ kind: 'count', terminal: TERMINAL, sequence, counted: [{ unit: 'c10', notes }] }) as const

describe('what a machine is answered', () => {
  test('a withdrawal: the plan, the balance and its transaction; its outcome, what went back', async () => {
    const bank = await openBank()
    const outcome = await bank.send(withdrawal(17))
    assert.deepEqual(outcome, {
      status: 'answered',
      answer: {
        state: 'authorized',
        plan: [{ unit: 'c20', denomination: '20.00', notes: 3 }],
        dispense_within: 30,
        balance: '440.00',
      },
      postingId: 3,
      replayed: false,
    })
    const partly = reported(17, 'partly_dispensed', twenties(2), twenties(1))
    assert.deepEqual(await bank.ask(partly), {
      state: 'partly_dispensed',
      returned: '20.00',
      balance: '460.00',
    })
    assert.deepEqual(await bank.send(withdrawal(17)), { ...outcome, replayed: true })
  })

  test('a deposit: its amount; its outcome, the balance and its transaction', async () => {
    const bank = await openBank()
    assert.deepEqual(await bank.ask(deposit(18)), { state: 'authorized', amount: '60.00' })
    assert.deepEqual(await bank.figures(), ['500.00', '8000.00'])
    const stored = depositReported(18, 'accepted', 3)
    const outcome = await bank.send(stored)
    assert.deepEqual(outcome, {
      status: 'answered',
      answer: { state: 'accepted', balance: '560.00' },
      postingId: 3,
      replayed: false,
    })
    assert.deepEqual(await bank.send(stored), { ...outcome, replayed: true })
    assert.deepEqual(await bank.figures(), ['560.00', '8060.00'])
    const again = await bank.send(deposit(18))
    assert.equal(again.status === 'answered' && again.postingId, undefined)
  })

  test('a transfer, by the rules of any transfer', async () => {
    const bank = await openBank()
    assert.deepEqual(await bank.ask(transfer(19, 5_00n)), { state: 'settled', balance: '495.00' })
    assert.equal(await bank.ask(transfer(20, 500_00n)), 'insufficient_funds')
    assert.equal(bank.row(20).state, 'declined')
    assert.equal(await bank.ask(transfer(21, 1n, '1001')), 'same_account')
    assert.equal(await bank.ask(transfer(21, 1n, 'nobody')), 'account_not_found')
    assert.deepEqual(await bank.ask(transfer(21, 5_00n)), { state: 'settled', balance: '490.00' })
  })

  test('a resolution: what went back, and what is over or short', async () => {
    const bank = await openBank()
    await bank.send(withdrawal(17))
    await bank.send(reported(17, 'unknown'))
    assert.deepEqual(await bank.ask(resolution(17, 2, 3)), {
      state: 'partly_dispensed',
      returned: '20.00',
      short: '0.00',
      over: '40.00',
    })
    assert.equal(bank.overShort(), '40.00')
    const again = await bank.send(resolution(17, 2, 3))
    assert.ok(again.replayed)
    assert.equal(await bank.ask(resolution(17, 1, 3)), 'sequence_reused')
  })

  test('the nearest amounts, where one cannot be had', async () => {
    const bank = await openBank()
    const outcome = await bank.send(withdrawal(17, 35_00n))
    assert.ok(outcome.status === 'rejected' && 'details' in outcome)
    assert.equal(outcome.reason, 'amount_not_dispensable')
    assert.deepEqual(outcome.details, { nearest: ['30.00', '40.00'] })
    assert.deepEqual(await bank.send(withdrawal(17, 35_00n)), { ...outcome, replayed: true })
    assert.equal(await bank.ask(withdrawal(17, 30_00n)), 'sequence_reused')
  })

  test('the terminal after an exchange; the difference after a count', async () => {
    const bank = await openBank()
    assert.equal(await bank.ask(count(21, 98)), 'terminal_not_in_exchange')
    await bank.send({ kind: 'change_terminal', terminal: TERMINAL, status: 'exchange' })
    const exchanged = await bank.ask(
      exchangeOf(22, [{ unit: 'c10', denomination: 10_00n, notes: 50 }], [{ unit: 'c50', notes: 100 }]),
    )
    assert.deepEqual(exchanged, {
      id: TERMINAL,
      name: 'Lobby',
      status: 'exchange',
      cash: '3500.00',
      next_sequence: 23,
      max_notes: 40,
      units: [
        {
          unit: 'c10',
          kind: 'cassette',
          denomination: '10.00',
          capacity: 2_000,
          contents: [{ denomination: '10.00', notes: 150 }],
        },
        {
          unit: 'c20',
          kind: 'cassette',
          denomination: '20.00',
          capacity: 2_000,
          contents: [{ denomination: '20.00', notes: 100 }],
        },
        { unit: 'c50', kind: 'cassette', denomination: '50.00', capacity: 2_000, contents: [] },
        { unit: 'in', kind: 'cash_in', capacity: 10, contents: [] },
        { unit: 'reject', kind: 'reject', capacity: 200, contents: [] },
        { unit: 'retract', kind: 'retract', capacity: 200, contents: [] },
      ],
      unsettled: null,
    })
    const counted = await bank.ask(count(23, 148))
    assert.ok(typeof counted === 'object')
    assert.equal(counted['difference'], '-20.00')
    assert.equal(bank.overShort(), '-20.00')
    await bank.ask(count(24, 153))
    assert.equal(bank.overShort(), '30.00')
    assert.equal((await bank.figures())[1], '3530.00')
  })

  test('what is unsettled, until its outcome is there', async () => {
    const bank = await openBank()
    await bank.send(withdrawal(17))
    const look = { kind: 'change_terminal', terminal: TERMINAL } as const
    const terminal = await bank.ask(look)
    assert.deepEqual(typeof terminal === 'object' && terminal['unsettled'], {
      sequence: 17,
      kind: 'withdrawal',
      state: 'authorized',
      amount: '60.00',
      plan: [{ unit: 'c20', denomination: '20.00', notes: 3 }],
    })
    assert.equal(await bank.ask(withdrawal(18)), 'terminal_has_unsettled')
    await bank.send(reported(17, 'unknown'))
    const after = await bank.ask(look)
    assert.equal(typeof after === 'object' && after['unsettled'], null)
  })
})

describe('the money at a machine', () => {
  test('is given back by the notes alone: the posting cannot be reversed', async () => {
    const bank = await openBank()
    const made = await bank.send(withdrawal(17))
    const postingId = made.status === 'answered' ? (made.postingId ?? 0) : 0
    assert.equal(await bank.ask({ kind: 'reverse', original: { postingId } }), 'not_reversible')
    await bank.send(reported(17, 'dispensed'))
    await bank.send(deposit(18))
    const put = await bank.send(depositReported(18, 'accepted', 3))
    const depositId = put.status === 'answered' ? (put.postingId ?? 0) : 0
    assert.equal(await bank.ask({ kind: 'reverse', original: { postingId: depositId } }), 'not_reversible')
  })

  test('goes back into an account that was frozen meanwhile, and makes room in the limit of the day', async () => {
    const bank = await openBank()
    await bank.send({ kind: 'change', account: '1001', limits: { dailyAmount: 60_00n } })
    await bank.send(withdrawal(17))
    await bank.send({ kind: 'change', account: '1001', status: 'frozen' })
    await bank.send(reported(17, 'not_dispensed'))
    assert.deepEqual(await bank.figures(), ['500.00', '8000.00'])
    assert.equal(await bank.ask(withdrawal(18)), 'account_frozen')
    await bank.send({ kind: 'change', account: '1001', status: 'open' })
    assert.equal(typeof (await bank.ask(withdrawal(19))), 'object')
    await bank.send(reported(19, 'dispensed'))
    assert.equal(await bank.ask(withdrawal(20)), 'daily_amount_limit_exceeded')
  })

  test('goes back into an account that was closed meanwhile', async () => {
    const bank = await openBank()
    await bank.send({ kind: 'withdraw', account: '1001', amount: 440_00n })
    await bank.send(withdrawal(17))
    await bank.send({ kind: 'change', account: '1001', status: 'closed' })
    await bank.send(reported(17, 'not_dispensed'))
    assert.deepEqual(await bank.figures(), ['60.00', '8000.00'])
  })

  test('of a deposit is in doubt when the account was closed meanwhile, and credited by the operator', async () => {
    const bank = await openBank()
    await bank.send(deposit(17))
    await bank.send({ kind: 'withdraw', account: '1001', amount: 500_00n })
    await bank.send({ kind: 'change', account: '1001', status: 'closed' })
    await bank.send(depositReported(17, 'accepted', 3))
    assert.equal(bank.row(17).state, 'in_doubt')
    assert.deepEqual(await bank.ask(resolution(17, 0, 3, 'deposit')), {
      state: 'accepted',
      credited: '60.00',
      short: '0.00',
      over: '0.00',
    })
    assert.deepEqual(await bank.figures(), ['60.00', '8060.00'])
    assert.equal(bank.notesIn('in'), 3)
  })

  test('may be resolved without an outcome only once the machine has had its time', async () => {
    const bank = await openBank()
    await bank.send(withdrawal(17))
    bank.nowMs += 30_000
    assert.equal(await bank.ask(resolution(17, 0, 0)), 'not_in_doubt')
    bank.nowMs += 1
    assert.equal(typeof (await bank.ask(resolution(17, 0, 0))), 'object')
    assert.equal(bank.terminal.unsettledSequence, undefined)
    assert.deepEqual(await bank.figures(), ['500.00', '7940.00'])
  })

  test('is the same whether request and outcome come in one batch or in two', async () => {
    const bank = await openBank()
    const outcomes = await bank.store.commit([
      withdrawal(17),
      reported(17, 'not_dispensed'),
      withdrawal(17),
      withdrawal(18),
      reported(18, 'dispensed'),
    ])
    await bank.assertExact()
    assert.deepEqual(
      outcomes.map(({ replayed }) => replayed),
      [false, false, true, false, false],
    )
    assert.deepEqual(await bank.figures(), ['440.00', '7940.00'])
  })
})

describe('a card', () => {
  const open = { kind: 'open_session', terminal: TERMINAL, card: CARD, pinHash: 'hash' } as const
  const tryPin = { kind: 'count_pin_try', terminal: TERMINAL, card: CARD } as const

  test('has three tries, each counted before the PIN is compared, and is blocked by the third', async () => {
    const bank = await openBank()
    const left: unknown[] = []
    for (let attempt = 0; attempt < 4; attempt += 1) {
      const outcome = await bank.send(tryPin)
      left.push(outcome.status === 'pin_try_counted' ? outcome.triesLeft : outcome.status)
    }
    assert.deepEqual(left, [2, 1, 0, 'rejected'])
    assert.equal(await bank.ask(tryPin), 'card_blocked')
  })

  test('has all its tries again after the right PIN, also with the last one', async () => {
    const bank = await openBank()
    for (let attempt = 0; attempt < 3; attempt += 1) await bank.send(tryPin)
    assert.deepEqual(await bank.ask({ ...open, digest: 'next' }), {
      account_number: '1001',
      expires_at: new Date(bank.nowMs + 300_000).toISOString(),
    })
    const outcome = await bank.send(tryPin)
    assert.equal(outcome.status === 'pin_try_counted' && outcome.triesLeft, 2)
  })

  test('has one session: a new one, its end, a block and a new PIN end it', async () => {
    const bank = await openBank()
    const endings = [
      { ...open, digest: 'another' },
      { kind: 'end_session', terminal: TERMINAL, session: SESSION },
      { kind: 'change_card', card: CARD, status: 'blocked' },
      { kind: 'change_card', card: CARD, status: 'active' },
      { kind: 'change_card', card: CARD, pinHash: 'hash' },
    ] as const
    let sequence = 20
    for (const ending of endings) {
      await bank.send({ kind: 'change_card', card: CARD, status: 'active' })
      await signIn(bank)
      assert.equal(typeof (await bank.ask(deposit((sequence += 1)))), 'object')
      await bank.send(depositReported(sequence, 'returned'))
      await bank.send(ending)
      assert.equal(await bank.ask(deposit(sequence + 1)), 'session_ended')
      assert.equal(bank.terminal.latestSequence, sequence, 'a refusal uses no sequence up')
    }
    await signIn(bank)
    bank.nowMs += 300_000
    assert.equal(await bank.ask(deposit(sequence + 1)), 'session_ended')
  })

  test('a retry is answered although the session has ended', async () => {
    const bank = await openBank()
    const outcome = await bank.send(withdrawal(17))
    await bank.send({ kind: 'end_session', terminal: TERMINAL, session: SESSION })
    assert.deepEqual(await bank.send(withdrawal(17)), { ...outcome, replayed: true })
  })

  test('of which the PIN was changed while it was compared opens no session', async () => {
    const bank = await openBank()
    await bank.send({ kind: 'change_card', card: CARD, pinHash: 'other' })
    assert.equal(await bank.ask({ ...open, digest: 'next' }), 'wrong_pin')
  })

  test('is shown without its PIN', async () => {
    const bank = await openBank()
    assert.deepEqual(await bank.ask({ kind: 'change_card', card: CARD, status: 'blocked' }), {
      card_number: CARD,
      account_number: '1001',
      status: 'blocked',
      tries_left: 3,
    })
  })
})
