import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { MAX_DENOMINATIONS, MAX_NOTES, stockOf, unplannable } from '../../src/atm/note-stock.ts'

describe('what plans can be made over', () => {
  test('real notes, and coins', () => {
    const euros = [500n, 1_000n, 2_000n, 5_000n, 10_000n, 20_000n, 50_000n]
    assert.equal(unplannable(euros, MAX_NOTES), undefined)
    assert.equal(unplannable([1n, 2n, 5n, 10n, 20n, 50n, 100n, 200n], MAX_NOTES), undefined)
    assert.equal(unplannable([], 40), undefined)
  })

  test('not too many denominations, of which equal ones count once', () => {
    const many = Array.from({ length: MAX_DENOMINATIONS + 1 }, (_, index) => BigInt(index + 1) * 100n)
    assert.match(unplannable(many, 40) ?? '', /at most 12/)
    assert.equal(unplannable([...many.slice(1), ...many.slice(1)], 40), undefined)
  })

  test('a positive denomination, not too large beside the smallest, and a bounded number of notes', () => {
    assert.match(unplannable([0n], 40) ?? '', /must be > 0/)
    assert.match(unplannable([1n, 50_000n], 40) ?? '', /too large beside/)
    for (const maxNotes of [0, 1.5, MAX_NOTES + 1, Number.NaN])
      assert.match(unplannable([1_000n], maxNotes) ?? '', /whole number from 1 to 100/)
  })

  test('a supply that is none of these is a mistake of the caller', () => {
    const units = [{ unit: 'c1', denomination: -1n, notes: 1 }]
    assert.throws(() => stockOf({ units, maxNotes: 40 }), RangeError)
  })
})
