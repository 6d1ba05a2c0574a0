import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Request } from '../../src/terminal/requests.ts'
import { Customer, type Wish } from './customer.ts'
import { Drill, noFaults, settle, type Transit } from './drill.ts'
import { checkTruth } from './truth.ts'

const sixty: Wish = { wish: 'withdraw', amount: 60 }

/** A machine that is ready, with what the network makes of each kind of request in turn; then it is sound. */
function ready(transits: Readonly<Record<string, readonly Transit[]>> = {}): {
  readonly drill: Drill
  readonly customer: Customer
} {
  const left = new Map(Object.entries(transits).map(([kind, list]) => [kind, [...list]]))
  const drill = new Drill({
    ...noFaults,
    transit: (request) => left.get(kindOf(request))?.shift() ?? 'answered',
  })
  drill.powerOn()
  settle(drill)
  assert.equal(drill.terminal.screen.screen, 'welcome')
  return { drill, customer: new Customer(drill) }
}

function kindOf({ method, path }: Request): string {
  if (method !== 'PUT') return method
  return path.endsWith('/outcome') ? 'outcome' : 'order'
}

function serve(drill: Drill, customer: Customer, wish: Wish): void {
  customer.arrive(wish)
  settle(drill, () => customer.act())
}

/** Goes on until the machine is there. */
function until(drill: Drill, customer: Customer, at: string): void {
  settle(drill, () => drill.terminal.activity.at !== at && customer.act(), at)
  assert.equal(drill.terminal.activity.at, at)
}

function transaction(drill: Drill, sequence = 1): { readonly state: string; readonly balance: bigint } {
  const state = drill.peer.transactions.get(sequence)?.state ?? 'never seen'
  checkTruth(drill)
  return { state, balance: drill.peer.balance }
}

const lostThrice: readonly Transit[] = ['request lost', 'request lost', 'request lost']

/** The order and the outcome meet this; then the transaction stands so, and the account has so much. */
const onTheNetwork: readonly (readonly [
  string,
  Readonly<Record<string, readonly Transit[]>>,
  string,
  bigint,
])[] = [
  ['nothing is lost', {}, 'dispensed', 440_00n],
  ['every request is lost', { order: lostThrice }, 'closed', 500_00n],
  [
    'every answer is lost',
    { order: ['answer lost', 'answer lost', 'answer lost'] },
    'not_dispensed',
    500_00n,
  ],
  ['one answer is lost', { order: ['answer lost'] }, 'dispensed', 440_00n],
  ['the service is unavailable twice', { order: ['unavailable', 'unavailable'] }, 'dispensed', 440_00n],
  ['it stays unavailable', { order: ['unavailable', 'unavailable', 'unavailable'] }, 'closed', 500_00n],
  ['the outcome overtakes the request', { order: ['late', 'late', 'late'] }, 'closed', 500_00n],
  ['the acknowledgement is lost', { outcome: ['answer lost', 'answer lost'] }, 'dispensed', 440_00n],
  [
    'the outcome is lost for long',
    { outcome: Array.from({ length: 50 }, () => 'request lost') },
    'dispensed',
    440_00n,
  ],
  ['the outcome is sent twice', { outcome: ['twice'] }, 'dispensed', 440_00n],
]

describe('60.00 from an account of 500.00, and on the network', () => {
  for (const [name, transits, state, balance] of onTheNetwork) {
    test(name, () => {
      const { drill, customer } = ready(transits)
      serve(drill, customer, sixty)
      while (drill.late.length > 0) drill.arriveLate(0)
      assert.deepEqual(transaction(drill), { state, balance })
      assert.equal(drill.terminal.screen.screen, 'welcome')
    })
  }
})

/** The power fails while the machine is there, and what it was told to do ends like this. */
const powerCuts = [
  ['authorizing', 'not begun', 'closed', 500_00n],
  ['card_out', 'not begun', 'not_dispensed', 500_00n],
  ['stacking', 'not begun', 'not_dispensed', 500_00n],
  ['stacking', 'half done', 'not_dispensed', 500_00n],
  ['presenting', 'not begun', 'not_dispensed', 500_00n],
  ['presenting', 'done', 'dispensed', 440_00n],
  ['presenting', 'half done', 'in_doubt', 440_00n],
  ['presented', 'done', 'dispensed', 440_00n],
  ['finishing', 'done', 'dispensed', 440_00n],
] as const

describe('60.00 from an account of 500.00, and the power fails', () => {
  for (const [at, cutOff, state, balance] of powerCuts) {
    test(`${at}, and the command is ${cutOff}`, () => {
      const { drill, customer } = ready()
      drill.faults = { ...noFaults, cutOff: () => cutOff }
      customer.arrive(sixty)
      until(drill, customer, at)
      drill.powerCut()
      settle(drill, () => customer.act())
      assert.deepEqual(transaction(drill), { state, balance })
    })
  }

  test('the cash that lies in the slot may still be taken, or is taken back', () => {
    const { drill, customer } = ready()
    customer.leavesCash = true
    customer.arrive(sixty)
    until(drill, customer, 'presented')
    drill.powerCut()
    settle(drill, () => customer.act())
    assert.deepEqual(transaction(drill), { state: 'in_doubt', balance: 440_00n })
  })
})

describe('60.00 from an account of 500.00, and at the machine', () => {
  test('cash that is left lying is taken back, and in doubt', () => {
    const { drill, customer } = ready()
    customer.leavesCash = true
    serve(drill, customer, sixty)
    assert.deepEqual(transaction(drill), { state: 'in_doubt', balance: 440_00n })
    assert.ok(drill.counts.has('show in_doubt'))
  })

  test('a card that is left is kept, and nothing is paid', () => {
    const { drill, customer } = ready()
    customer.leavesCard = true
    serve(drill, customer, sixty)
    assert.deepEqual(transaction(drill), { state: 'not_dispensed', balance: 500_00n })
    assert.equal(drill.counts.get('command stack'), undefined)
  })

  test('fewer notes than planned: what was not given is back, and its unit is used no more', () => {
    const { drill, customer } = ready()
    const cassette = drill.world.cassettes.get('c3')
    assert.ok(cassette !== undefined)
    cassette.notes = 0
    serve(drill, customer, sixty)
    assert.deepEqual(transaction(drill), { state: 'partly_dispensed', balance: 490_00n })
    assert.ok(drill.counts.has('show partly_dispensed'))
    serve(drill, customer, { wish: 'withdraw', amount: 100 })
    assert.deepEqual(transaction(drill, 2), { state: 'dispensed', balance: 390_00n })
    const order = drill.peer.transactions.get(2)?.order
    assert.match(order ?? '', /"unavailable_units":\["c3"\]/)
  })

  test('what cannot be paid is not asked for', () => {
    const { drill, customer } = ready()
    serve(drill, customer, { wish: 'withdraw', amount: 65 })
    assert.equal(drill.peer.transactions.size, 0)
    assert.ok(drill.counts.has('show enter'))
  })

  test('more than the account has is declined, and the next sequence is free', () => {
    const { drill, customer } = ready()
    serve(drill, customer, { wish: 'withdraw', amount: 500 })
    serve(drill, customer, { wish: 'withdraw', amount: 10 })
    assert.deepEqual(transaction(drill, 2), { state: 'declined', balance: 0n })
  })
})

describe('a machine whose storage was lost', () => {
  test('says of an authorization it does not know that it is unknown', () => {
    const { drill, customer } = ready()
    customer.arrive(sixty)
    until(drill, customer, 'card_out')
    drill.journal = []
    drill.world.doubtful.add(1)
    drill.powerCut()
    settle(drill, () => customer.act())
    assert.deepEqual(transaction(drill), { state: 'in_doubt', balance: 440_00n })
    serve(drill, customer, sixty)
    assert.deepEqual(transaction(drill, 2), { state: 'dispensed', balance: 380_00n })
  })
})
