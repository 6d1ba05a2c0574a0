import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { keyDigest } from '../../src/ledger/idempotency.ts'
import { DigestIndex } from '../../src/storage/sqlite/tables/digest-index.ts'

describe('the index of digests', () => {
  test('finds what a plain map would find, through any order of adding and deleting', () => {
    let found = 0
    // Few first bytes and equal low bits make entries collide, which is where such a table goes wrong.
    const digests = fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 40 })).map(digestOf)
    const steps = fc.array(fc.tuple(fc.boolean(), digests), { minLength: 200, maxLength: 400 })
    fc.assert(
      fc.property(steps, (sequence) => {
        const index = new DigestIndex()
        const expected = new Map<string, number>()
        for (const [step, [isAdded, digest]] of sequence.entries()) {
          const rowId = expected.get(digest)
          if (isAdded && rowId === undefined) {
            index.add(digest, step + 1)
            expected.set(digest, step + 1)
          } else if (!isAdded) {
            index.delete(digest, rowId ?? 1_000_000)
            expected.delete(digest)
          }
        }
        for (const [digest, rowId] of expected) assert.ok(index.candidates(digest).includes(rowId))
        found += expected.size
        assert.deepEqual(index.candidates(digestOf([9, 9])), [])
      }),
      { numRuns: 500 },
    )
    assert.ok(found > 2_000, `${found} entries were looked for`)
  })

  test('keeps every entry while it grows, and lets all of them go', () => {
    const index = new DigestIndex()
    const digests = Array.from({ length: 50_000 }, (_, key) => keyDigest(String(key)))
    for (const [row, digest] of digests.entries()) index.add(digest, row + 1)
    assert.ok(digests.every((digest, row) => index.candidates(digest).includes(row + 1)))
    for (const [row, digest] of digests.entries()) index.delete(digest, row + 1)
    assert.ok(digests.every((digest) => index.candidates(digest).length === 0))
  })

  test('gives both rows of two digests that begin alike', () => {
    const index = new DigestIndex()
    index.add(`123456${'a'.repeat(10)}`, 1)
    index.add(`123456${'b'.repeat(10)}`, 2)
    assert.deepEqual(
      index.candidates(`123456${'a'.repeat(10)}`).toSorted((left, right) => left - right),
      [1, 2],
    )
  })
})

function digestOf([first, last]: readonly [number, number]): string {
  return String.fromCharCode(first, 0, 0, 0, last % 4, last).padEnd(16, '\0')
}
