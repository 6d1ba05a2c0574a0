import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { WatchedClock } from '../src/clock.ts'
import { ClockFault } from '../src/storage/store.ts'

const HOUR_MS = 3_600_000
const START_MS = Date.UTC(2026, 10, 24)

/** A computer whose clocks stand still until they are moved. */
class Computer {
  wall = START_MS
  monotonic = 5_000
  uptime = 70_000
  readonly clock = new WatchedClock({
    wallMs: () => this.wall,
    monotonicMs: () => this.monotonic,
    uptimeMs: () => this.uptime,
  })

  run(ms: number): void {
    this.wall += ms
    this.monotonic += ms
    this.uptime += ms
  }

  sleep(ms: number): void {
    this.wall += ms
    this.uptime += ms
  }
}

describe('the clock that dates postings', () => {
  test('is the time of day', () => {
    const computer = new Computer()
    computer.run(1_234)
    assert.equal(computer.clock.now(), START_MS + 1_234)
  })

  for (const stepMs of [11_000, -11_000, HOUR_MS, -HOUR_MS, 10 * 365 * 24 * HOUR_MS]) {
    test(`gives no time once it was set by ${stepMs} ms, and does again when it was set back`, () => {
      const computer = new Computer()
      computer.run(60_000)
      computer.wall += stepMs
      assert.throws(computer.clock.now, ClockFault)
      computer.run(5 * HOUR_MS)
      assert.throws(computer.clock.now, ClockFault)
      computer.wall -= stepMs
      assert.equal(computer.clock.now(), computer.wall)
    })
  }

  test('says how far it was set, and what to do', () => {
    const computer = new Computer()
    computer.wall += 3_652 * 24 * HOUR_MS
    assert.throws(computer.clock.now, { message: /set 3652 days ahead; set it right, or restart/ })
    computer.wall = START_MS - 90_000
    assert.throws(computer.clock.now, { message: /set 90 seconds back; set it right, or restart/ })
  })

  test('takes small steps, also many of them', () => {
    const computer = new Computer()
    for (const stepMs of [3_000, -4_000, 9_000, -9_000]) {
      computer.wall += stepMs
      assert.equal(computer.clock.now(), computer.wall)
    }
    for (let step = 0; step < 20; step += 1) {
      computer.wall -= 8_000
      computer.run(2 * HOUR_MS)
      assert.equal(computer.clock.now(), computer.wall)
    }
  })

  test('does not let many small steps within the hour add up', () => {
    const computer = new Computer()
    computer.wall += 6_000
    computer.clock.now()
    computer.run(60_000)
    computer.wall += 6_000
    assert.throws(computer.clock.now, ClockFault)
  })

  test('goes on after a night of sleep, in which the monotonic clock stands still', () => {
    const computer = new Computer()
    computer.run(60_000)
    computer.sleep(9 * HOUR_MS)
    assert.equal(computer.clock.now(), computer.wall)
    computer.wall += 60_000
    assert.throws(computer.clock.now, ClockFault)
  })

  test('does not take a step for sleep', () => {
    const computer = new Computer()
    computer.sleep(9 * HOUR_MS)
    computer.wall += HOUR_MS
    assert.throws(computer.clock.now, ClockFault)
    computer.wall -= HOUR_MS
    assert.equal(computer.clock.now(), computer.wall)
  })

  test('tells of each fault once, and when it has gone', () => {
    const computer = new Computer()
    const told: (string | undefined)[] = []
    computer.clock.watch((fault) => told.push(fault?.name))
    computer.clock.now()
    computer.wall += HOUR_MS
    for (let time = 0; time < 3; time += 1) assert.throws(computer.clock.now, ClockFault)
    computer.wall -= HOUR_MS
    for (let time = 0; time < 3; time += 1) computer.clock.now()
    assert.deepEqual(told, ['ClockFault', undefined])
  })
})
