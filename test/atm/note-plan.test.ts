import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Mix, type NotePlan, planNotes } from '../../src/atm/note-plan.ts'
import type { NoteSupply } from '../../src/atm/note-stock.ts'

/** Units c1, c2, … of so many notes of a denomination in whole currency units. */
function supply(units: readonly (readonly [number, number])[], maxNotes = 40): NoteSupply {
  return {
    units: units.map(([denomination, notes], index) => ({
      unit: `c${index + 1}`,
      denomination: BigInt(denomination) * 100n,
      notes,
    })),
    maxNotes,
  }
}

/** `{50: 2, 20: 3}` for a plan; the plan itself when there is none. */
function notesOf(plan: NotePlan): unknown {
  if (plan.status !== 'planned') return plan
  const counts: Record<string, number> = {}
  for (const { denomination, notes } of plan.notes) {
    const name = String(denomination / 100n)
    counts[name] = (counts[name] ?? 0) + notes
  }
  return counts
}

const planned: readonly (readonly [string, number, NoteSupply, Mix, unknown])[] = [
  [
    'greedy would take the 50 and be stuck',
    60,
    supply([
      [50, 9],
      [20, 9],
    ]),
    'fewest',
    { 20: 3 },
  ],
  [
    'greedy would take two 50 too many',
    110,
    supply([
      [50, 9],
      [20, 9],
    ]),
    'fewest',
    { 50: 1, 20: 3 },
  ],
  [
    'the only 500 does not fit',
    600,
    supply([
      [500, 1],
      [200, 3],
    ]),
    'fewest',
    { 200: 3 },
  ],
  [
    'one note of many',
    50,
    supply([
      [50, 1],
      [10, 99],
    ]),
    'fewest',
    { 50: 1 },
  ],
  [
    'the last note of each',
    80,
    supply([
      [50, 1],
      [20, 1],
      [10, 1],
    ]),
    'fewest',
    { 50: 1, 20: 1, 10: 1 },
  ],
  [
    'units of one denomination together',
    100,
    supply([
      [20, 2],
      [20, 3],
    ]),
    'fewest',
    { 20: 5 },
  ],
  ['as many notes as the machine gives', 400, supply([[10, 50]]), 'fewest', { 10: 40 }],
  [
    'mixed gives small notes too',
    100,
    supply([
      [50, 99],
      [20, 99],
      [10, 99],
    ]),
    'mixed',
    { 50: 1, 20: 2, 10: 1 },
  ],
  [
    'mixed spares what is scarce',
    100,
    supply([
      [50, 3],
      [20, 99],
    ]),
    'mixed',
    { 20: 5 },
  ],
  [
    'mixed falls back to the fewest',
    100,
    supply(
      [
        [50, 2],
        [10, 99],
      ],
      3,
    ),
    'mixed',
    { 50: 2 },
  ],
]

describe('which notes pay an amount', () => {
  for (const [name, amount, from, mix, expected] of planned) {
    test(`${amount}, ${mix}: ${name}`, () =>
      assert.deepEqual(notesOf(planNotes(BigInt(amount) * 100n, from, mix)), expected))
  }

  test('110 from 50s and 20s takes two 50s only where a 10 is there', () => {
    const plan = planNotes(
      11_000n,
      supply([
        [50, 9],
        [20, 9],
        [10, 9],
      ]),
    )
    assert.deepEqual(notesOf(plan), { 50: 2, 10: 1 })
  })

  test('the fullest of equal units gives first, then the next', () => {
    const plan = planNotes(
      10_000n,
      supply([
        [20, 2],
        [20, 4],
        [20, 3],
      ]),
    )
    assert.deepEqual(plan, {
      status: 'planned',
      notes: [
        { unit: 'c2', denomination: 2_000n, notes: 4 },
        { unit: 'c3', denomination: 2_000n, notes: 1 },
      ],
    })
  })

  test('a unit that does not work is left out', () => {
    const from = {
      ...supply([
        [50, 9],
        [20, 9],
      ]),
      unavailable: new Set(['c1']),
    }
    assert.deepEqual(notesOf(planNotes(10_000n, from)), { 20: 5 })
    assert.deepEqual(planNotes(5_000n, from), { status: 'not_dispensable', nearest: [4_000n, 6_000n] })
  })
})

const refused: readonly (readonly [string, bigint, NoteSupply, NotePlan['status'], readonly bigint[]])[] = [
  [
    '30 from 50s and 20s',
    3_000n,
    supply([
      [50, 9],
      [20, 9],
    ]),
    'not_dispensable',
    [2_000n, 4_000n],
  ],
  [
    'less than the smallest note',
    500n,
    supply([
      [50, 9],
      [20, 9],
    ]),
    'not_dispensable',
    [2_000n],
  ],
  [
    'a cent too many',
    2_001n,
    supply([
      [50, 9],
      [20, 9],
    ]),
    'not_dispensable',
    [2_000n, 4_000n],
  ],
  [
    'more than the machine has',
    100_000n,
    supply([
      [50, 2],
      [20, 1],
    ]),
    'not_dispensable',
    [12_000n],
  ],
  ['more than anyone has', 2n ** 62n, supply([[50, 2]]), 'not_dispensable', [10_000n]],
  ['an empty machine', 5_000n, supply([[50, 0]]), 'not_dispensable', []],
  ['a machine without units', 5_000n, supply([]), 'not_dispensable', []],
  ['one note too many', 41_000n, supply([[10, 50]]), 'too_many_notes', [40_000n]],
  [
    'too many of the small',
    3_000n,
    supply(
      [
        [20, 9],
        [5, 9],
      ],
      2,
    ),
    'too_many_notes',
    [2_500n, 4_000n],
  ],
]

describe('an amount that cannot be paid', () => {
  for (const [name, amount, from, status, nearest] of refused) {
    test(name, () => assert.deepEqual(planNotes(amount, from), { status, nearest }))
  }
})
