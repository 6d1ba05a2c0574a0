import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { businessDay, isTimeZone, startOfDay } from '../../src/ledger/business-day.ts'

const DAY_MS = 86_400_000

/** The date as a count of days. */
function day(date: string): number {
  return Date.parse(date) / DAY_MS
}

/** When days begin where a clock does something unusual around them. */
const beginnings: readonly (readonly [zone: string, date: string, startsAt: string, what: string])[] = [
  ['UTC', '2026-01-01', '2026-01-01T00:00:00Z', 'the plain day'],
  ['Europe/Zurich', '2026-07-01', '2026-06-30T22:00:00Z', 'summer'],
  ['Europe/Zurich', '2026-12-01', '2026-11-30T23:00:00Z', 'winter'],
  ['Europe/Zurich', '2026-03-29', '2026-03-28T23:00:00Z', 'the day of 23 hours'],
  ['Europe/Zurich', '2026-03-30', '2026-03-29T22:00:00Z', 'the day after it'],
  ['Europe/Zurich', '2026-10-25', '2026-10-24T22:00:00Z', 'the day of 25 hours'],
  ['Europe/Zurich', '2026-10-26', '2026-10-25T23:00:00Z', 'the day after it'],
  ['America/Sao_Paulo', '2018-11-04', '2018-11-04T03:00:00Z', 'a day without a midnight'],
  ['America/Sao_Paulo', '2018-11-05', '2018-11-05T02:00:00Z', 'the day after it'],
  ['Africa/Cairo', '2024-04-26', '2024-04-25T22:00:00Z', 'another day without a midnight'],
  ['Asia/Kathmandu', '2026-05-05', '2026-05-04T18:15:00Z', 'an offset of a quarter of an hour'],
  ['Pacific/Apia', '2011-12-31', '2011-12-30T10:00:00Z', 'the day after one that was left out'],
  ['Pacific/Kiritimati', '2026-01-01', '2025-12-31T10:00:00Z', 'the earliest zone of all'],
]

describe('the business day', () => {
  for (const [zone, date, startsAt, what] of beginnings) {
    test(`begins in ${zone} on ${date} at ${startsAt}: ${what}`, () => {
      const startMs = startOfDay(day(date), zone)
      assert.equal(new Date(startMs).toISOString(), startsAt.replace('Z', '.000Z'))
      assert.equal(businessDay(startMs, zone), day(date))
      assert.ok(businessDay(startMs - 1, zone) < day(date), 'the moment before belongs to an earlier day')
    })
  }

  test('never goes back while time goes on, through a year of every kind of zone', () => {
    for (const zone of ['Europe/Zurich', 'America/Sao_Paulo', 'Africa/Cairo', 'Pacific/Apia']) {
      let latest = 0
      const from = Date.UTC(2011, 0, 1)
      for (let atMs = from; atMs < from + 366 * DAY_MS; atMs += 1_800_000) {
        const today = businessDay(atMs, zone)
        assert.ok(today >= latest, `${zone} at ${new Date(atMs).toISOString()}`)
        latest = today
      }
      assert.ok(latest >= day('2012-01-01'), `${zone} has reached the next year`)
    }
  })

  test('does not depend on what was asked before', () => {
    const midnightMs = startOfDay(day('2026-07-01'), 'Europe/Zurich')
    for (const [atMs, expected] of [
      [midnightMs, '2026-07-01'],
      [midnightMs - 1, '2026-06-30'],
      [midnightMs + 59_999, '2026-07-01'],
      [midnightMs + DAY_MS, '2026-07-02'],
      [midnightMs - 60_000, '2026-06-30'],
    ] as const) {
      assert.equal(businessDay(atMs, 'Europe/Zurich'), day(expected))
      assert.equal(businessDay(atMs, 'Asia/Tokyo'), Math.floor((atMs + 9 * 3_600_000) / DAY_MS))
    }
  })

  test('knows what is a time zone', () => {
    assert.deepEqual(['UTC', 'Europe/Zurich', 'Etc/GMT-5'].map(isTimeZone), [true, true, true])
    assert.deepEqual(['', 'Europe/Nowhere', 'noon'].map(isTimeZone), [false, false, false])
  })
})
