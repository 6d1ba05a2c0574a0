import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { Answer, AnswerValue } from '../../../src/atm/answers.ts'
import type { Command } from '../../../src/state-machine/commands.ts'
import type { Outcome } from '../../../src/state-machine/outcomes.ts'
import { CARD, SESSION, TERMINAL, UNITS } from '../bank.ts'
import { commandOf, KINDS, type Step } from './deeds.ts'
import {
  CASH_IN_ROOM,
  CASSETTE_ROOM,
  type Deed,
  MachineModel,
  MOST_NOTES,
  PER_DAY,
  type Pile,
} from './machine-model.ts'

export const step: fc.Arbitrary<Step> = fc.record({
  // One more than there are kinds: the same again.
  what: fc.integer({ min: 0, max: KINDS }),
  where: fc.integer({ min: 0, max: 15 }),
  size: fc.integer({ min: 0, max: 20 }),
  flavour: fc.integer({ min: 0, max: 5 }),
})

const fill: Deed = {
  do: 'exchange',
  seq: 1,
  added: [
    ['c10', 10_00, 6],
    ['c20', 20_00, 8],
    ['c50', 50_00, 4],
  ],
  removed: [],
}

/** Sets up the terminal of that id, empty and without room for many notes. */
export function createTerminal(terminal: string): Command {
  const units = UNITS.map((unit) => ({
    ...unit,
    capacity: unit.unit === 'in' ? CASH_IN_ROOM : CASSETTE_ROOM,
  }))
  return {
    kind: 'create_terminal',
    terminal,
    name: 'Lobby',
    maxNotes: MOST_NOTES,
    secretDigest: '',
    isDemo: false,
    units,
  }
}

export const signIn: readonly Command[] = [
  { kind: 'count_pin_try', terminal: TERMINAL, card: CARD },
  { kind: 'open_session', terminal: TERMINAL, card: CARD, pinHash: 'hash', digest: SESSION.digest },
]

/** What brings a bank to where the model begins. */
export const opening: readonly Command[] = [
  { kind: 'open', account: '1001', openingBalance: 300_00n },
  { kind: 'open', account: '1002', openingBalance: 0n },
  { kind: 'change', account: '1001', limits: { dailyAmount: BigInt(PER_DAY) } },
  createTerminal(TERMINAL),
  commandOf(fill),
  { kind: 'change_terminal', terminal: TERMINAL, status: 'in_service' },
  { kind: 'create_card', card: CARD, account: '1001', pinHash: 'hash', isDemo: false },
  ...signIn,
]

/** The model as it stands after `opening`. */
export function openModel(): MachineModel {
  const model = new MachineModel()
  model.machineStatus = 'exchange'
  model.predict(fill, [])
  model.machineStatus = 'in_service'
  return model
}

/** The state or the reason, as the model says it. */
export function wordOf(outcome: Outcome): string {
  if (outcome.status === 'rejected') return outcome.reason
  if (outcome.status !== 'answered') return 'done'
  const { state } = outcome.answer
  return typeof state === 'string' ? state : 'done'
}

export function planIn(outcome: Outcome): readonly Pile[] {
  const plan = outcome.status === 'answered' ? outcome.answer['plan'] : []
  if (!Array.isArray(plan)) return []
  return plan.map((each: AnswerValue): Pile => {
    assert.ok(typeof each === 'object' && each !== null && 'unit' in each)
    const { unit, denomination, notes }: Answer = each
    assert.ok(typeof unit === 'string')
    return [unit, Math.round(Number(denomination) * 100), Number(notes)]
  })
}
