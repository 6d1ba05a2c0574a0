import assert from 'node:assert/strict'
import type { Told } from './requests.ts'

/** Sends a request twice, with one key. Fails unless the second answer is the first, told as a replay. */
export async function assertReplays(send: () => Promise<Told>): Promise<Told> {
  const first = await send()
  assert.ok(!first.replayed, 'the first answer is not a replay')
  assertReplayOf(await send(), first)
  return first
}

export function assertReplayOf(replay: Told, first: Told): void {
  assert.equal(replay.status, first.status, replay.text)
  assert.equal(replay.text, first.text)
  assert.ok(replay.replayed, 'the replay says that it is one')
}

/** The same answer to a request of which no key was used before, so that it is no replay. */
export function assertSameAnswer(again: Told, first: Told): void {
  assert.deepEqual([again.status, again.text, again.replayed], [first.status, first.text, false])
}

/** Fails unless the request was turned down with this status and code. */
export function assertRefused(told: Told, status: number, code: string): void {
  assert.deepEqual([told.status, told.code], [status, code], told.text)
}
