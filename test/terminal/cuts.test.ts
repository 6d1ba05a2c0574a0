import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Customer, type Wish } from './customer.ts'
import { Drill, type Faults, settle, type Transit } from './drill.ts'
import { checkTruth } from './truth.ts'
import type { CutOff } from './world.ts'

const wishes: readonly (readonly [string, Wish])[] = [
  ['a withdrawal', { wish: 'withdraw', amount: 60 }],
  [
    'a deposit',
    {
      wish: 'deposit',
      notes: [
        { denomination: '20.00', notes: 2 },
        { denomination: '50.00', notes: 1 },
      ],
    },
  ],
  [
    'a deposit not confirmed',
    { wish: 'deposit', notes: [{ denomination: '20.00', notes: 2 }], changesMind: true },
  ],
  ['a transfer', { wish: 'transfer', cents: 500 }],
]

const cutOffs: readonly CutOff[] = ['not begun', 'done', 'half done']
const transits: readonly Transit[] = [
  'answered',
  'request lost',
  'answer lost',
  'late',
  'twice',
  'unavailable',
]

/** One customer with one wish; the power fails at that point, and again `again` points later. Answers the points there were. */
function cutAt(
  point: number,
  again: number,
  wish: Wish,
  cutOff: CutOff,
  transit: Transit,
  isLateSoon: boolean,
): Drill {
  let isFaulty = true
  const faults: Faults = {
    transit: ({ method }) => (isFaulty && method === 'PUT' ? transit : 'answered'),
    cutOff: () => cutOff,
    devices: undefined,
  }
  const drill = new Drill(faults)
  drill.isCutAt = (each) => each === point || (point > 0 && each === point + again)
  const customer = new Customer(drill)
  drill.powerOn()
  settle(drill)
  customer.arrive(wish)
  let left = 12
  settle(drill, () => {
    left -= 1
    if (left === 0) isFaulty = false
    if (isLateSoon && drill.late.length > 0) {
      drill.arriveLate(0)
      return true
    }
    return customer.act()
  })
  isFaulty = false
  settle(drill, () => customer.act())
  while (drill.late.length > 0) drill.arriveLate(0)
  drill.fire('link')
  settle(drill, () => customer.act())
  return drill
}

describe('the power fails between any two effects', () => {
  for (const [name, wish] of wishes) {
    test(`during ${name}`, (context) => {
      const ends = new Map<string, number>()
      let drills = 0
      for (const cutOff of cutOffs) {
        for (const transit of transits) {
          for (const isLateSoon of ['late', 'twice'].includes(transit) ? [true, false] : [false]) {
            const { points } = cutAt(0, 0, wish, cutOff, transit, isLateSoon)
            for (let point = 1; point <= points; point += 1) {
              const again = 1 + ((point * 7) % 23)
              const where = `cut at ${point} and ${again} later, ${cutOff}, ${transit}, late ${isLateSoon}`
              let drill: Drill
              try {
                drill = cutAt(point, again, wish, cutOff, transit, isLateSoon)
                for (const [end, count] of checkTruth(drill)) ends.set(end, (ends.get(end) ?? 0) + count)
              } catch (error) {
                context.diagnostic(where)
                throw error
              }
              assert.equal(drill.terminal.activity.at, 'idle', where)
              assert.equal(drill.terminal.screen.screen, 'welcome', where)
              drills += 1
            }
          }
        }
      }
      context.diagnostic(`${drills} drills: ${[...ends].map(([end, count]) => `${end} ${count}`).join(', ')}`)
    })
  }
})
