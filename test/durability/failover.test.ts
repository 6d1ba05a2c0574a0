import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describeSettled } from '../support/exactly-once.ts'
import { failOver } from '../support/failover.ts'

/** Longer than finding the other server takes, and far below what a person needs to restart anything. */
const MOST_SECONDS = 15

test(
  'when the primary dies the instances find the promoted standby by themselves, and no operation is lost',
  { timeout: 120_000 },
  async (t) => {
    const { settled, outageSeconds } = await failOver(t, (event) => t.diagnostic(event))
    assert.ok(settled.acknowledged > 2_000)
    assert.equal(outageSeconds.length, 2)
    for (const seconds of outageSeconds) assert.ok(seconds < MOST_SECONDS, `${seconds} s of outage`)
    t.diagnostic(describeSettled(settled))
    t.diagnostic(`seconds of outage, by instance: ${outageSeconds.join(', ')}`)
  },
)
