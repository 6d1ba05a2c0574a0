import assert from 'node:assert/strict'
import { holdStatus } from '../../src/ledger/holds.ts'
import type { Store } from '../../src/storage/store.ts'
import type { Terms } from '../../src/ledger/terms.ts'
import type { Planned } from '../ledger/generated-commands.ts'
import type { Model } from '../ledger/model.ts'
import { type Prediction, tellAccount, tellHistory, tellHold } from '../ledger/model/told.ts'
import { assertInvariants, factsOf, type Seen } from './invariants.ts'
import { Translation } from './translation.ts'

/** What the model said of a command of that kind. */
export interface Predicted {
  readonly kind: string
  readonly prediction: Prediction
}

const NOTHING: Seen = { accounts: [], histories: new Map(), holds: [] }

/** Sends commands to a store and to the model, and holds what the one says and shows against the other. */
export class Comparison {
  readonly model: Model
  readonly translation: Translation
  readonly #clock: { readonly nowMs: number }
  #seen = NOTHING

  constructor(model: Model, terms: Terms, clock: { readonly nowMs: number }) {
    this.model = model
    this.translation = new Translation(terms.limits)
    this.#clock = clock
  }

  /** What was last seen of the store. */
  get seen(): Seen {
    return this.#seen
  }

  /** Commits the commands as one batch. Fails where the store answers or ends otherwise than the model. */
  async commit(store: Store, planned: readonly Planned[]): Promise<readonly Predicted[]> {
    const sent = planned.flatMap((each) => this.translation.resolve(each) ?? [])
    const predicted = sent.map(({ modelled }) => ({
      kind: modelled.kind,
      prediction: this.model.execute(modelled, this.#clock.nowMs),
    }))
    const outcomes = await store.commit(sent.map(({ real }) => real))
    assert.equal(outcomes.length, predicted.length, 'there is an outcome for each command')
    const before = this.#seen
    await this.#readAccounts(store)
    const told = predicted.map(({ prediction }, index) => {
      const outcome = outcomes[index]
      return outcome && this.translation.outcome(outcome, prediction)
    })
    assert.deepEqual(
      told,
      predicted.map(({ prediction }) => prediction),
    )
    await this.#assertSame(store, before)
    if (outcomes.every(({ status }) => status === 'rejected'))
      assert.deepEqual(factsOf(this.#seen), factsOf(before), 'what is declined changes nothing')
    return predicted
  }

  /** Compares all there is, read anew, as is due after a restart. */
  async compareAnew(store: Store): Promise<void> {
    this.#seen = NOTHING
    await this.#readAccounts(store)
    await this.#assertSame(store, NOTHING)
  }

  /** Of histories only what must have been added is read; `assertReads` reads all of each. */
  async #readAccounts(store: Store): Promise<void> {
    const accounts = await store.reads.detailsAfter(0, 1_000)
    for (const stored of accounts) this.translation.knows(stored)
    const histories = accounts.map(async ({ account: { id, number = '' } }) => {
      const known = this.#seen.histories.get(id) ?? []
      if (known.length === tellHistory(this.model.book, number).length) return [id, known] as const
      const added = await store.reads.history(id, known.at(-1)?.id ?? 0, 10_000)
      return [id, [...known, ...added]] as const
    })
    this.#seen = { ...this.#seen, accounts, histories: new Map(await Promise.all(histories)) }
  }

  async #assertSame(store: Store, before: Seen): Promise<void> {
    this.#assertSameAccounts()
    this.#assertSameHistories(before)
    await this.#assertSameHolds(store)
    assertInvariants(this.#seen, (number) => this.model.book.hadMoreOverdraft(number))
  }

  #assertSameAccounts(): void {
    const { book } = this.model
    const { nowMs } = this.#clock
    assert.deepEqual(
      this.#seen.accounts.map((stored) => this.translation.account(stored)),
      book.customers.map(({ number, name, openedAtMs: atMs }) => ({
        ...tellAccount(book, number, nowMs),
        opened: { name, atMs },
      })),
    )
    assert.ok(this.#seen.accounts.every(({ asOfMs }) => asOfMs === nowMs))
    for (const { account } of this.#seen.accounts) {
      const left = book.withdrawnOnDayOf(account.number ?? '', nowMs).filter((cents) => cents > 0n)
      const { day, amount, count } = account.withdrawn
      assert.deepEqual(
        day === book.dayOf(nowMs) ? { amount, count } : { amount: 0n, count: 0 },
        { amount: left.reduce((sum, cents) => sum + cents, 0n), count: left.length },
        `what account ${account.number} has withdrawn on the day`,
      )
    }
  }

  /** Lines that were there before have been compared before. */
  #assertSameHistories(before: Seen): void {
    for (const { account } of this.#seen.accounts) {
      const compared = before.histories.get(account.id)?.length ?? 0
      const postings = this.#seen.histories.get(account.id) ?? []
      const expected = tellHistory(this.model.book, account.number ?? '')
      assert.equal(postings.length, expected.length, `the length of the history of ${account.number}`)
      for (const [index, posting] of postings.slice(compared).entries()) {
        const line = expected[compared + index]
        // An opening deposit has not been answered as a posting, so this is where it is first seen.
        if (line?.kind === 'deposit' && !this.translation.movements.has(line.id))
          this.translation.movements.pair(line.id, posting.id)
        assert.deepEqual(this.translation.line(posting, account.id), line)
      }
    }
  }

  /** Holds that were seen to have ended are not read again before `compareAnew`. */
  async #assertSameHolds(store: Store): Promise<void> {
    const { book } = this.model
    const ended = new Map(
      this.#seen.holds.flatMap((each) => (each.hold.state === 'open' ? [] : [[each.hold.id, each] as const])),
    )
    const holds = book.holds.map(async (expected) => {
      const id = this.translation.holds.real(expected.id)
      const stored = ended.get(id) ?? (await store.reads.hold(id))
      assert.ok(stored !== undefined, 'a hold that was placed is there')
      assert.deepEqual(this.translation.hold(stored.hold), tellHold(book, expected))
      assert.equal(holdStatus(stored.hold, stored.asOfMs), book.holdStatus(expected, this.#clock.nowMs))
      return stored
    })
    this.#seen = { ...this.#seen, holds: await Promise.all(holds) }
  }
}
