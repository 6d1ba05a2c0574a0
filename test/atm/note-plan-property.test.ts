import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { test } from 'node:test'
import { type Mix, type PlannedNotes, planNotes } from '../../src/atm/note-plan.ts'
import type { NoteSupply } from '../../src/atm/note-stock.ts'
import { payableAmong, payableUpTo } from '../../src/atm/payable-sums.ts'
import { Random } from '../support/random.ts'
import { allWays, nearestAmong, type Way } from './brute-force.ts'

const cases = Number(process.env['ATM_PLAN_CASES'] ?? 10_000)
const seed = Number(process.env['ATM_PLAN_SEED'] ?? randomInt(2 ** 31))
const NEAR_ENOUGH = 1e-6

/** Real notes, odd ones, and ones that share no divisor. */
const purses: readonly [readonly bigint[], ...(readonly bigint[])[]] = [
  [1_000n, 2_000n, 5_000n],
  [500n, 1_000n, 2_000n, 5_000n, 10_000n],
  [2_000n, 5_000n],
  [20_000n, 50_000n],
  [300n, 700n, 1_100n],
  [7n, 11n, 13n],
  [600n, 900n, 2_000n],
]

function randomSupply(random: Random): NoteSupply {
  const purse = random.pick(purses)
  const units = Array.from(
    {
      length: random.weighted([
        [1, 0],
        [9, 1],
        [20, 2],
        [35, 3],
        [35, 4],
      ]),
    },
    (_, index) => ({
      unit: `c${index + 1}`,
      denomination: purse[random.integer(0, purse.length - 1)] ?? 1_000n,
      notes: random.integer(0, 5),
    }),
  )
  const unavailable = new Set(units.filter(() => random.percent(10)).map(({ unit }) => unit))
  return { units, unavailable, maxNotes: random.integer(1, 12) }
}

function randomAmount(random: Random, ways: readonly Way[]): bigint {
  const way = ways[random.integer(0, ways.length - 1)]
  const off = random.weighted([
    [85, 0n],
    [5, 500n],
    [5, -1_000n],
    [5, BigInt(random.integer(1, 9_999))],
  ])
  const amount = (way?.sum ?? 0n) + off
  return amount > 0n ? amount : 1_000n
}

/** The plan takes only what is there, from units that work, and comes to the amount. Answers its notes and wear. */
function check(plan: readonly PlannedNotes[], amount: bigint, supply: NoteSupply): Way {
  const available = new Map<bigint, number>()
  const taken = new Map<bigint, number>()
  for (const { unit, denomination, notes } of supply.units) {
    if (supply.unavailable?.has(unit) !== true)
      available.set(denomination, (available.get(denomination) ?? 0) + notes)
  }
  assert.equal(new Set(plan.map(({ unit }) => unit)).size, plan.length, 'no unit is there twice')
  let sum = 0n
  for (const { unit, denomination, notes } of plan) {
    const source = supply.units.find((each) => each.unit === unit)
    assert.ok(source !== undefined && supply.unavailable?.has(unit) !== true)
    assert.equal(source.denomination, denomination)
    assert.ok(notes >= 1 && notes <= source.notes)
    taken.set(denomination, (taken.get(denomination) ?? 0) + notes)
    sum += denomination * BigInt(notes)
  }
  assert.equal(sum, amount)
  let wear = 0
  for (const [denomination, notes] of taken)
    wear += (Number(denomination) * notes * notes) / (available.get(denomination) ?? 0)
  return { sum, notes: plan.reduce((total, { notes }) => total + notes, 0), wear }
}

function compare(amount: bigint, supply: NoteSupply, mix: Mix, ways: readonly Way[]): string {
  const plan = planNotes(amount, supply, mix)
  const fitting = ways.filter((way) => way.sum === amount)
  const fewest = Math.min(...fitting.map(({ notes }) => notes))
  if (plan.status !== 'planned') {
    assert.ok(fewest > supply.maxNotes, 'a plan exists and was not found')
    assert.deepEqual(plan.nearest, nearestAmong(ways, amount, supply.maxNotes))
    if (plan.status === 'not_dispensable') assert.equal(fitting.length, 0)
    else if (fitting.length === 0) {
      const payable = ways.filter(({ notes }) => notes <= supply.maxNotes)
      assert.ok(payable.every(({ sum }) => sum < amount) && ways.some(({ sum }) => sum > amount))
    }
    return plan.status
  }
  const way = check(plan.notes, amount, supply)
  assert.ok(way.notes <= supply.maxNotes)
  const leastWear = Math.min(...fitting.map(({ wear }) => wear))
  if (mix === 'mixed' && way.wear <= leastWear + NEAR_ENOUGH) return way.notes > fewest ? 'mixed' : 'either'
  assert.equal(way.notes, fewest)
  if (mix === 'mixed') {
    const best = fitting.filter(({ wear }) => wear <= leastWear + NEAR_ENOUGH)
    assert.ok(
      best.some(({ notes }) => notes > supply.maxNotes),
      'the best mix was not too many notes',
    )
    return 'fell back'
  }
  return 'fewest'
}

function compareSums(amount: bigint, supply: NoteSupply, ways: readonly Way[]): void {
  const payable = new Set(
    ways.filter(({ notes }) => notes > 0 && notes <= supply.maxNotes).map(({ sum }) => sum),
  )
  const expected = [...payable].filter((sum) => sum <= amount).toSorted((a, b) => (a < b ? -1 : 1))
  assert.deepEqual(payableUpTo(amount, supply), expected)
  const wanted = [amount, 1_000n, amount + 500n, 2_000n]
  assert.deepEqual(
    payableAmong(wanted, supply),
    wanted.filter((sum) => payable.has(sum)),
  )
}

test(`plans are those of brute force in ${cases} random cases`, (context) => {
  const random = new Random(seed)
  const seen = new Map<string, number>()
  for (let round = 0; round < cases; round += 1) {
    const supply = randomSupply(random)
    const ways = allWays(supply)
    const amount = randomAmount(random, ways)
    try {
      for (const mix of ['fewest', 'mixed'] as const) {
        const found = compare(amount, supply, mix, ways)
        seen.set(found, (seen.get(found) ?? 0) + 1)
      }
      if (round % 10 === 0) compareSums(amount, supply, ways)
    } catch (error) {
      context.diagnostic(`seed ${seed}, case ${round}, amount ${amount}, max ${supply.maxNotes}`)
      context.diagnostic(supply.units.map((each) => `${each.notes}×${each.denomination}`).join(' '))
      throw error
    }
  }
  context.diagnostic([...seen].map(([name, count]) => `${name} ${count}`).join(', '))
  for (const name of ['fewest', 'mixed', 'either', 'fell back', 'not_dispensable', 'too_many_notes'])
    assert.ok((seen.get(name) ?? 0) > 0, `no case was ${name}`)
})
