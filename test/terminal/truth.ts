import assert from 'node:assert/strict'
import type { Drill } from './drill.ts'

const OPENING = 500_00n

/**
 * What the peer knows of each sequence is what really happened, or it is in doubt where a device lost track. Answers
 * how many transactions ended in which way.
 */
export function checkTruth({ peer, world, terminal }: Drill): ReadonlyMap<string, number> {
  const ends = new Map<string, number>()
  assert.deepEqual(terminal.outcomes, [])
  assert.equal(
    world.fed,
    world.storedValue + world.givenBack + world.heldValue,
    'fed notes are all somewhere',
  )
  let balance = OPENING
  let stuck = 0
  for (const [sequence, transaction] of peer.transactions) {
    const { kind, state, moved, amount, conflicts } = transaction
    ends.set(`${kind} ${state}`, (ends.get(`${kind} ${state}`) ?? 0) + 1)
    assert.equal(conflicts, 0, `${kind} ${sequence} has a conflict`)
    assert.notEqual(state, 'authorized', `${kind} ${sequence} is unsettled`)
    const really = (kind === 'deposit' ? world.storedBy : world.given).get(sequence) ?? 0n
    if (state === 'in_doubt') {
      const isDoubtful = world.doubtful.has(sequence)
      if (kind === 'deposit' && !isDoubtful) stuck += 1
      else assert.ok(isDoubtful, `${kind} ${sequence} is in doubt, and no device was`)
      if (kind === 'withdrawal') balance -= amount
    } else if (kind === 'transfer') {
      balance -= state === 'settled' ? amount : 0n
    } else {
      assert.equal(moved, really, `${kind} ${sequence}, ${state}: posted and really moved`)
      balance += kind === 'deposit' ? moved : -moved
    }
  }
  for (const sequence of [...world.given.keys(), ...world.storedBy.keys()])
    assert.ok(peer.transactions.has(sequence), `${sequence} moved notes, and the peer knows nothing of it`)
  assert.ok(stuck <= world.failedReturns, 'deposits in doubt, though the acceptor gave the notes back')
  assert.equal(peer.balance, balance)
  return ends
}
