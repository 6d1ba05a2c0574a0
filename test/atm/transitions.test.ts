import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Command } from '../../src/state-machine/commands.ts'
import { type Bank, deposit, depositReported, openBank, reported, resolution, withdrawal } from './bank.ts'

const SEQ = 17
const twenties = (notes: number) => [{ unit: 'c20', notes }]

const reports: Readonly<Record<string, Command>> = {
  dispensed: reported(SEQ, 'dispensed'),
  partly: reported(SEQ, 'partly_dispensed', twenties(2)),
  not: reported(SEQ, 'not_dispensed'),
  unknown: reported(SEQ, 'unknown'),
  retracted: reported(SEQ, 'retracted', twenties(3)),
}

const report = (name: string): Command => reports[name] ?? reported(SEQ, 'unknown')
const tooMuch = withdrawal(SEQ, 900_00n)

/** From the state that these commands lead to, each report leads to a state; with a `!` it is a conflict. */
const ofWithdrawals: Readonly<Record<string, readonly [readonly Command[], string]>> = {
  'never authorized': [[], 'in_doubt in_doubt closed in_doubt in_doubt'],
  declined: [[tooMuch], 'in_doubt in_doubt declined in_doubt in_doubt'],
  'declined and not dispensed': [[tooMuch, report('not')], 'declined! declined! declined declined declined'],
  authorized: [[withdrawal(SEQ)], 'dispensed partly_dispensed not_dispensed in_doubt in_doubt'],
  'in doubt': [
    [withdrawal(SEQ), report('unknown')],
    'dispensed partly_dispensed not_dispensed in_doubt in_doubt',
  ],
  dispensed: [[withdrawal(SEQ), report('dispensed')], 'dispensed dispensed! dispensed! dispensed dispensed'],
  'partly dispensed': [
    [withdrawal(SEQ), report('partly')],
    'partly_dispensed! partly_dispensed partly_dispensed! partly_dispensed partly_dispensed',
  ],
  'not dispensed': [
    [withdrawal(SEQ), report('not')],
    'not_dispensed! not_dispensed! not_dispensed not_dispensed not_dispensed',
  ],
  closed: [[report('not')], 'closed! closed! closed closed closed'],
  'unknown, never authorized': [[report('unknown')], 'in_doubt in_doubt closed in_doubt in_doubt'],
  'dispensed, never authorized': [[report('dispensed')], 'in_doubt in_doubt! in_doubt! in_doubt in_doubt'],
  'resolved: 2 given': [
    [withdrawal(SEQ), report('retracted'), resolution(SEQ, 2, 0)],
    'partly_dispensed! partly_dispensed partly_dispensed! partly_dispensed partly_dispensed',
  ],
  'resolved, never authorized': [
    [report('unknown'), resolution(SEQ, 0, 0)],
    'closed! closed! closed closed closed',
  ],
}

const ofDeposits: Readonly<Record<string, readonly [readonly Command[], string]>> = {
  'never authorized': [[], 'in_doubt closed in_doubt in_doubt'],
  declined: [[deposit(SEQ, 11)], 'in_doubt declined in_doubt in_doubt'],
  authorized: [[deposit(SEQ)], 'accepted returned in_doubt in_doubt'],
  'in doubt': [[deposit(SEQ), depositReported(SEQ, 'unknown')], 'accepted returned in_doubt in_doubt'],
  accepted: [[deposit(SEQ), depositReported(SEQ, 'accepted', 3)], 'accepted accepted! accepted accepted!'],
  returned: [[deposit(SEQ), depositReported(SEQ, 'returned')], 'returned! returned returned returned!'],
  closed: [[depositReported(SEQ, 'returned')], 'closed! closed closed closed!'],
  'resolved: 1 given back': [
    [deposit(SEQ), depositReported(SEQ, 'unknown'), resolution(SEQ, 1, 2, 'deposit')],
    'accepted! accepted! accepted accepted!',
  ],
  'resolved: all given back': [
    [deposit(SEQ), depositReported(SEQ, 'unknown'), resolution(SEQ, 3, 0, 'deposit')],
    'returned! returned returned returned!',
  ],
}

const depositReports: readonly Command[] = [
  depositReported(SEQ, 'accepted', 3),
  depositReported(SEQ, 'returned'),
  depositReported(SEQ, 'unknown'),
  depositReported(SEQ, 'accepted', 2),
]

async function stateAfter(commands: readonly Command[]): Promise<string> {
  const bank = await openBank()
  for (const command of commands) await bank.send(command)
  const figures = await bank.figures()
  const { state, conflict } = bank.row(SEQ)
  const last = commands.at(-1)
  if (last !== undefined) {
    const again = await bank.send(last)
    assert.equal(bank.row(SEQ).state, state)
    if (conflict !== undefined) assert.ok(again.replayed, 'a conflict is answered the same')
  }
  assert.deepEqual(await bank.figures(), figures, 'the same again moves nothing')
  return conflict === undefined ? state : `${state}!`
}

async function statesAfterEach(first: readonly Command[], then: readonly Command[]): Promise<string> {
  const states: string[] = []
  for (const each of then) states.push(await stateAfter([...first, each]))
  return states.join(' ')
}

describe('what an outcome makes of a withdrawal that is', () => {
  for (const [name, [commands, expected]] of Object.entries(ofWithdrawals)) {
    test(name, async () => {
      assert.equal(await statesAfterEach(commands, Object.values(reports)), expected)
    })
  }
})

describe('what an outcome makes of a deposit that is', () => {
  for (const [name, [commands, expected]] of Object.entries(ofDeposits)) {
    test(name, async () => assert.equal(await statesAfterEach(commands, depositReports), expected))
  }
})

const unbelievable: Readonly<Record<string, Command>> = {
  'more notes than were planned': reported(SEQ, 'dispensed', twenties(4)),
  'notes of another unit': reported(SEQ, 'dispensed', [...twenties(3), { unit: 'c10', notes: 1 }]),
  'a unit that is not there': reported(SEQ, 'dispensed', [{ unit: 'c99', notes: 3 }]),
  'another denomination': reported(SEQ, 'dispensed', [{ unit: 'c20', denomination: 5_00n, notes: 3 }]),
  'all of them presented, and called a part': reported(SEQ, 'partly_dispensed', twenties(3)),
  'some presented, and called none': reported(SEQ, 'not_dispensed', twenties(1)),
  'some presented, and called all': reported(SEQ, 'dispensed', twenties(2)),
  'more rejected than there were': reported(SEQ, 'dispensed', twenties(3), twenties(98)),
}

describe('an outcome that cannot be', () => {
  for (const [name, command] of Object.entries(unbelievable)) {
    test(`${name}: in doubt, with the evidence, and no money moves`, async () => {
      const bank: Bank = await openBank()
      await bank.send(withdrawal(SEQ))
      await bank.send(command)
      const row = bank.row(SEQ)
      assert.equal(row.state, 'in_doubt')
      assert.ok(row.outcome !== undefined)
      assert.deepEqual(await bank.figures(), ['440.00', '7940.00'])
      await bank.send(reported(SEQ, 'dispensed'))
      assert.equal(bank.row(SEQ).state, 'dispensed')
    })
  }
})
