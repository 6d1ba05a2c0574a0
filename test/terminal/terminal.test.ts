import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { inspect } from 'node:util'
import type { Answer } from '../../src/terminal/answers.ts'
import type { Effect, TerminalEvent } from '../../src/terminal/events.ts'
import { type JournalEntry, neededEntries, openTransactions } from '../../src/terminal/journal.ts'
import type { Request } from '../../src/terminal/requests.ts'
import { defaultSettings, type Terminal } from '../../src/terminal/state.ts'
import { newTerminal, step } from '../../src/terminal/terminal.ts'

const settings = { ...defaultSettings, terminal: 'lobby 1', secret: 'secret' }

const view = {
  status: 'in_service',
  next_sequence: 17,
  max_notes: 40,
  units: [
    {
      unit: 'c1',
      kind: 'cassette',
      denomination: '20.00',
      contents: [{ denomination: '20.00', notes: 3 }],
    },
    {
      unit: 'c2',
      kind: 'recycler',
      denomination: '50.00',
      contents: [{ denomination: '50.00', notes: 9 }],
    },
    { unit: 'in', kind: 'cash_in', contents: [{ denomination: '50.00', notes: 2 }] },
  ],
  unsettled: null,
}

/** A terminal that is handed events one by one, and what it did about the last. */
class Bench {
  terminal: Terminal = newTerminal(settings)
  effects: readonly Effect[] = []
  readonly #sent: Request[] = []

  on(...events: readonly TerminalEvent[]): this {
    for (const event of events) {
      const { terminal, effects } = step(this.terminal, event)
      this.terminal = terminal
      this.effects = effects
      for (const effect of effects) if (effect.effect === 'send') this.#sent.push(effect.request)
    }
    return this
  }

  /** The last request sent. */
  get request(): Request {
    const request = this.#sent.at(-1)
    assert.ok(request !== undefined, 'nothing was sent')
    return request
  }

  answer(answer: Answer): this {
    return this.on({ event: 'answer', id: this.request.id, answer })
  }

  /** What is said on the screen. */
  get screen(): string {
    return this.terminal.screen.screen
  }

  get timers(): readonly (readonly [string, number])[] {
    return this.effects.flatMap((each) =>
      each.effect === 'start_timer' ? [[each.timer, each.seconds] as const] : [],
    )
  }

  has(effect: Effect['effect']): boolean {
    return this.effects.some((each) => each.effect === effect)
  }
}

const card: TerminalEvent = { event: 'card_inserted', cardNumber: '9000000000010018' }
const noJournal: TerminalEvent = { event: 'power_on', journal: [] }
const acceptorIsEmpty: TerminalEvent = { event: 'acceptor_report', sequence: 0, report: { notes: 'none' } }
const pin: readonly TerminalEvent[] = [
  ...[4, 3, 2, 1].map((digit) => ({ event: 'digit' as const, digit })),
  { event: 'enter' },
]
const signedIn: Answer = {
  status: 201,
  body: { session: 'token', account_number: '1001', name: null },
}

function welcoming(): Bench {
  return new Bench().on(noJournal, acceptorIsEmpty).answer({ status: 200, body: view })
}

function atMenu(): Bench {
  return welcoming()
    .on(card, ...pin)
    .answer(signedIn)
}

function choose(choice: Extract<TerminalEvent, { readonly event: 'chosen' }>['choice']): TerminalEvent {
  return { event: 'chosen', choice }
}

describe('before anyone comes', () => {
  test('the machine looks at what the service knows of it, and then invites', () => {
    const bench: Bench = new Bench().on(noJournal, acceptorIsEmpty)
    assert.equal(bench.request.method, 'GET')
    assert.equal(bench.request.path, '/terminals/lobby%201')
    assert.equal(bench.request.headers['authorization'], 'Bearer secret')
    assert.equal(bench.answer({ status: 200, body: view }).screen, 'welcome')
  })

  test('without a network it says so, and waits longer each time', () => {
    const bench: Bench = new Bench().on(noJournal, acceptorIsEmpty)
    const waits: (number | undefined)[] = []
    for (let round = 0; round < 8; round += 1) {
      bench.on({ event: 'no_answer', id: bench.request.id })
      waits.push(bench.timers[0]?.[1])
      assert.equal(bench.screen, 'network_lost')
      bench.on({ event: 'timer', timer: 'link' })
    }
    assert.deepEqual(waits, [1, 2, 4, 8, 16, 32, 60, 60])
    assert.equal(bench.answer({ status: 200, body: view }).screen, 'welcome')
  })

  test('it waits as long as the service asks for', () => {
    const bench: Bench = new Bench()
      .on(noJournal, acceptorIsEmpty)
      .answer({ status: 503, body: {}, retryAfter: 7 })
    assert.deepEqual(bench.timers, [['link', 7]])
  })

  test('an answer that is not the service’s is none', () => {
    for (const body of ['<html>', null, [], { status: 'in_service' }]) {
      const bench: Bench = new Bench().on(noJournal, acceptorIsEmpty).answer({ status: 200, body })
      assert.equal(bench.screen, 'network_lost')
    }
  })

  test('out of service, it gives cards back until that has changed', () => {
    const bench: Bench = new Bench().on(noJournal, acceptorIsEmpty)
    bench.answer({ status: 200, body: { ...view, status: 'exchange' } })
    assert.deepEqual(bench.terminal.screen, { screen: 'out_of_service', reason: 'exchange' })
    assert.equal(bench.on(card).screen, 'take_card')
    bench.on({ event: 'card_taken' }, { event: 'timer', timer: 'link' })
    assert.equal(bench.answer({ status: 200, body: view }).screen, 'welcome')
  })

  test('notes that lie in the acceptor since the power cut are given back', () => {
    const bench: Bench = new Bench().on(noJournal, { ...acceptorIsEmpty, report: { notes: 'held' } })
    assert.deepEqual(bench.terminal.screen, { screen: 'take_notes', reason: 'power_cut' })
    bench.on({ event: 'notes_returned' })
    assert.equal(bench.request.method, 'GET')
  })

  test('without power it does nothing', () => assert.deepEqual(new Bench().on(card).effects, []))
})

describe('a card and its PIN', () => {
  test('the screen has the number of digits, never the digits, and nothing is journalled', () => {
    const bench: Bench = welcoming().on(card)
    for (const [index, event] of pin.slice(0, 4).entries()) {
      bench.on(event)
      assert.deepEqual(bench.terminal.screen, { screen: 'pin', digits: index + 1 })
    }
    bench.on({ event: 'clear' })
    assert.deepEqual(bench.terminal.screen, { screen: 'pin', digits: 0 })
    bench.on(...pin)
    assert.deepEqual(bench.request.body, { card_number: '9000000000010018', pin: '4321' })
    assert.ok(!bench.has('journal'))
    bench.answer(signedIn)
    assert.equal(bench.screen, 'menu')
    assert.doesNotMatch(inspect(bench.terminal, { depth: null }), /4321/)
  })

  test('a wrong PIN says how many tries are left', () => {
    const bench: Bench = welcoming()
      .on(card, ...pin)
      .answer({ status: 401, body: { code: 'wrong_pin', tries_left: 2 } })
    assert.deepEqual(bench.terminal.screen, { screen: 'pin', digits: 0, triesLeft: 2 })
  })

  for (const code of ['card_blocked', 'card_not_found']) {
    test(`${code}: the card comes back`, () => {
      const bench: Bench = welcoming()
        .on(card, ...pin)
        .answer({ status: 403, body: { code } })
      assert.deepEqual(bench.terminal.screen, { screen: 'take_card', reason: code })
    })
  }

  test('without an answer the PIN is not sent again: the try may be counted', () => {
    const bench: Bench = welcoming().on(card, ...pin)
    bench.on({ event: 'no_answer', id: bench.request.id })
    assert.deepEqual(bench.terminal.screen, { screen: 'take_card', reason: 'network_lost' })
    assert.ok(!bench.has('send'))
  })

  test('a 503 comes before a try is counted, so it is sent again', () => {
    const bench: Bench = welcoming()
      .on(card, ...pin)
      .answer({ status: 503, body: {}, retryAfter: 3 })
    assert.deepEqual(bench.timers, [['retry', 3]])
    bench.on({ event: 'timer', timer: 'retry' }).answer(signedIn)
    assert.equal(bench.screen, 'menu')
  })
})

describe('at the menu', () => {
  test('the balance and the last transactions', () => {
    const bench: Bench = atMenu().on(choose({ choice: 'balance' }))
    assert.equal(bench.request.headers['card-session'], 'token')
    bench.answer({ status: 200, body: { balance: '5.00' } })
    assert.deepEqual(bench.terminal.screen, { screen: 'balance', balance: '5.00' })
    bench.on(choose({ choice: 'back' }), choose({ choice: 'transactions' }))
    bench.answer({ status: 200, body: { transactions: [] } })
    assert.deepEqual(bench.terminal.screen, { screen: 'transactions', transactions: [] })
    bench.on(choose({ choice: 'balance' })).on({ event: 'no_answer', id: bench.request.id })
    assert.deepEqual(bench.terminal.screen, { screen: 'declined', code: 'network_lost' })
    bench.on(choose({ choice: 'balance' })).answer({ status: 401, body: { code: 'session_ended' } })
    assert.deepEqual(bench.terminal.screen, { screen: 'take_card', reason: 'session_ended' })
  })

  test('only sums that can be paid are offered, and for others the nearest', () => {
    const bench: Bench = atMenu().on(choose({ choice: 'withdraw' }))
    const sums = ['20.00', '50.00', '100.00', '200.00']
    assert.deepEqual(bench.terminal.screen, { screen: 'withdraw', sums, mix: 'fewest' })
    bench.on(choose({ choice: 'other_sum' }), { event: 'digit', digit: 3 }, { event: 'digit', digit: 0 })
    bench.on({ event: 'enter' })
    const nearest = ['20.00', '40.00']
    assert.deepEqual(bench.terminal.screen, { screen: 'enter', field: 'amount', digits: '', nearest })
  })

  test('a withdrawal is journalled, then sent under the next sequence, with the mix', () => {
    const bench: Bench = atMenu().on(choose({ choice: 'withdraw' }), choose({ choice: 'mix', mix: 'mixed' }))
    bench.on(choose({ choice: 'sum', amount: '100.00' }))
    assert.deepEqual(
      bench.effects.map(({ effect }) => effect),
      ['journal', 'send', 'show', 'stop_timer'],
    )
    assert.equal(bench.request.path, '/terminals/lobby%201/withdrawals/17')
    assert.deepEqual(bench.request.body, { amount: '100.00', mix: 'mixed' })
  })

  test('a plan that is worth something else is not dispensed', () => {
    const bench: Bench = atMenu().on(
      choose({ choice: 'withdraw' }),
      choose({ choice: 'sum', amount: '20.00' }),
    )
    const plan = [{ unit: 'c2', denomination: '50.00', notes: 1 }]
    bench.answer({ status: 200, body: { state: 'authorized', plan, dispense_within: 30 } })
    assert.deepEqual(bench.timers, [['retry', 1]])
    assert.ok(!bench.has('command'))
  })

  test('a transfer that is refused for good is declined, and another sequence follows', () => {
    const fiveCents: readonly TerminalEvent[] = [
      choose({ choice: 'transfer' }),
      { event: 'digit', digit: 7 },
      { event: 'enter' },
      { event: 'digit', digit: 5 },
      { event: 'enter' },
    ]
    const bench: Bench = atMenu().on(...fiveCents)
    assert.deepEqual(bench.request.body, { to: '7', amount: '0.05' })
    bench.answer({ status: 404, body: { code: 'account_not_found' } })
    assert.deepEqual(bench.terminal.screen, { screen: 'declined', code: 'account_not_found' })
    bench.on(...fiveCents)
    assert.equal(bench.request.path, '/terminals/lobby%201/transfers/18')
    bench.answer({ status: 200, body: { state: 'settled', balance: '1.00' } })
    assert.deepEqual(bench.terminal.screen, {
      screen: 'transferred',
      to: '7',
      amount: '0.05',
      balance: '1.00',
    })
  })

  test('a sequence that was used already: the machine looks where it stands', () => {
    const bench: Bench = atMenu().on(
      choose({ choice: 'withdraw' }),
      choose({ choice: 'sum', amount: '20.00' }),
    )
    bench.answer({ status: 422, body: { code: 'sequence_reused' } })
    assert.deepEqual(bench.terminal.screen, { screen: 'declined', code: 'sequence_reused' })
    assert.equal(bench.request.method, 'GET')
    bench.answer({ status: 200, body: { ...view, next_sequence: 40 } })
    bench.on(choose({ choice: 'withdraw' }), choose({ choice: 'sum', amount: '20.00' }))
    assert.equal(bench.request.path, '/terminals/lobby%201/withdrawals/40')
  })

  test('what is typed can be cleared', () => {
    const bench: Bench = atMenu().on(choose({ choice: 'withdraw' }), choose({ choice: 'other_sum' }))
    bench.on({ event: 'digit', digit: 9 }, { event: 'clear' })
    assert.deepEqual(bench.terminal.screen, { screen: 'enter', field: 'amount', digits: '' })
    bench.on({ event: 'enter' })
    assert.deepEqual(bench.effects, [])
    assert.equal(bench.on({ event: 'cancel' }).screen, 'menu')
  })

  test('with a broken dispenser nothing can be withdrawn, with a broken acceptor nothing paid in', () => {
    const bench: Bench = atMenu()
    bench.terminal = { ...bench.terminal, dispenserFailure: 'jam', acceptorFailure: 'jam' }
    bench.on(choose({ choice: 'withdraw' }))
    assert.deepEqual(bench.terminal.screen, { screen: 'declined', code: 'dispenser_failed' })
    bench.on(choose({ choice: 'deposit' }))
    assert.deepEqual(bench.terminal.screen, { screen: 'declined', code: 'acceptor_failed' })
  })

  test('a deposit that is cancelled gives the notes back, and the menu stays', () => {
    const bench: Bench = atMenu().on(choose({ choice: 'deposit' }))
    bench.on({ event: 'notes_counted', counted: [{ denomination: '20.00', notes: 1 }] })
    bench.on(choose({ choice: 'give_back' }))
    assert.deepEqual(bench.terminal.screen, { screen: 'take_notes', reason: 'cancelled' })
    assert.equal(bench.on({ event: 'notes_returned' }).screen, 'menu')
  })

  test('when nobody touches anything it asks, and then gives the card back', () => {
    const bench: Bench = atMenu()
    assert.deepEqual(bench.timers, [['idle', 60]])
    bench.on({ event: 'timer', timer: 'idle' })
    assert.equal(bench.screen, 'still_there')
    assert.deepEqual(bench.timers, [['idle', 20]])
    assert.equal(bench.on(choose({ choice: 'stay' })).screen, 'menu')
    bench.on({ event: 'timer', timer: 'idle' }, { event: 'timer', timer: 'idle' })
    assert.deepEqual(bench.terminal.screen, { screen: 'take_card', reason: 'done' })
    assert.equal(bench.request.method, 'DELETE')
  })

  test('notes that were fed come back with the card when nobody is there', () => {
    const bench: Bench = atMenu().on(choose({ choice: 'deposit' }))
    bench.on({ event: 'notes_counted', counted: [{ denomination: '20.00', notes: 1 }] })
    bench.on({ event: 'timer', timer: 'idle' }, { event: 'timer', timer: 'idle' })
    assert.deepEqual(bench.terminal.screen, { screen: 'take_notes', reason: 'done' })
    assert.equal(bench.on({ event: 'notes_returned' }).screen, 'take_card')
  })
})

function dispensed(sequence: number): JournalEntry {
  const outcome = { kind: 'withdrawal', sequence, body: { outcome: 'dispensed' } } as const
  return { entry: 'outcome', sequence, outcome }
}

describe('the journal', () => {
  const order = { kind: 'transfer', body: { to: '1', amount: '1.00' } } as const
  const entries: readonly JournalEntry[] = [
    { entry: 'will_authorize', sequence: 1, order },
    { entry: 'acknowledged', sequence: 1 },
    { entry: 'will_authorize', sequence: 2, order },
    { entry: 'will_authorize', sequence: 3, order },
    { entry: 'declined', sequence: 3, code: 'insufficient_funds' },
  ]

  test('keeps what is open, and the latest sequence', () => {
    assert.deepEqual(
      openTransactions(entries).map(({ sequence }) => sequence),
      [2],
    )
    assert.deepEqual(neededEntries(entries), entries.slice(2))
    assert.deepEqual(neededEntries([]), [])
  })

  test('is gone on from in order of sequence', () => {
    const journal = [9, 8].map(dispensed)
    const bench: Bench = new Bench().on({ event: 'power_on', journal }, acceptorIsEmpty)
    assert.equal(bench.request.path, '/terminals/lobby%201/withdrawals/8/outcome')
    bench.answer({ status: 403, body: { code: 'forbidden' } }).on({ event: 'timer', timer: 'link' })
    bench.answer({ status: 200, body: { state: 'dispensed' } })
    assert.equal(bench.request.path, '/terminals/lobby%201/withdrawals/9/outcome')
  })
})
