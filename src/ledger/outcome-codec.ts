import { type AccountDetails, type AccountState, accountStatuses, type Limits } from './accounts.ts'
import { type Hold, holdStates } from './holds.ts'
import type { Outcome } from './outcomes.ts'
import type { Posting } from './postings.ts'
import { reasonFrom } from './rejections.ts'

/**
 * An outcome as engines store it under its key: the posting it made, or the reason it was declined for, or what was told
 * of a hold or an account at that moment, which changes later and must be answered as it was.
 */
export interface StoredOutcome {
  readonly postingId: number | undefined
  readonly reason: string | undefined
  /** JSON text. */
  readonly snapshot: string | undefined
}

/** What is to be stored of the outcome. */
export function encodeOutcome(outcome: Outcome): StoredOutcome {
  const { status } = outcome
  if (status === 'posted') return { postingId: outcome.posting.id, reason: undefined, snapshot: undefined }
  const none: StoredOutcome = { postingId: undefined, reason: undefined, snapshot: undefined }
  if (status === 'rejected') return { ...none, reason: outcome.reason }
  if (status === 'captured')
    return { ...none, postingId: outcome.posting.id, snapshot: snapshotOf(status, outcome.hold) }
  if (status === 'held' || status === 'released')
    return { ...none, snapshot: snapshotOf(status, outcome.hold) }
  if (status === 'key_closed') return { ...none, snapshot: snapshotOf(status, { untilMs: outcome.untilMs }) }
  return { ...none, snapshot: snapshotOf(status, outcome.account) }
}

/** Reads a stored outcome; `posting` is the one that it names. Throws where no version has written such a one. */
export function decodeOutcome(stored: StoredOutcome, posting: Posting | undefined): Outcome {
  const { postingId, reason, snapshot } = stored
  if (reason !== undefined) return { status: 'rejected', reason: reasonFrom(reason), replayed: false }
  if (postingId !== undefined && posting === undefined)
    throw new Error('an idempotency record names a posting that is not there; run verify')
  if (snapshot !== undefined) return fromSnapshot(snapshot, posting)
  if (posting === undefined) throw new Error('an idempotency record has no outcome; run verify')
  return { status: 'posted', posting, replayed: false }
}

function fromSnapshot(snapshot: string, posting: Posting | undefined): Outcome {
  const whole = new SnapshotReader(JSON.parse(snapshot))
  const status = whole.text('status')
  const told = whole.inner('told')
  switch (status) {
    case 'captured':
      if (posting === undefined) throw new Error('a captured hold names no posting; run verify')
      return { status, posting, hold: holdFrom(told, posting.id), replayed: false }
    case 'held':
    case 'released':
      return { status, hold: holdFrom(told, undefined), replayed: false }
    case 'opened':
      return { status, account: detailsFrom(told), replayed: false }
    case 'changed':
      return { status, account: stateFrom(told), replayed: false }
    case 'key_closed':
      return { status, untilMs: told.number('untilMs'), replayed: false }
    default:
      throw unreadable('status')
  }
}

/** As JSON. Cents become text, as JSON's numbers would round them. */
function snapshotOf(status: Outcome['status'], told: object): string {
  return JSON.stringify({ status, told }, (name: string, value: unknown) => {
    // The id of the capturing posting is stored beside it, where an engine may still have to give it.
    if (name === 'capturePostingId') return undefined
    return typeof value === 'bigint' ? `${value}` : value
  })
}

function holdFrom(told: SnapshotReader, capturePostingId: number | undefined): Hold {
  return {
    id: told.number('id'),
    accountId: told.number('accountId'),
    accountNumber: told.text('accountNumber'),
    amount: told.cents('amount'),
    reference: told.optional('reference', told.text),
    placedAtMs: told.number('placedAtMs'),
    expiresAtMs: told.optional('expiresAtMs', told.number),
    state: told.oneOf('state', holdStates),
    capturedAmount: told.cents('capturedAmount'),
    capturePostingId,
  }
}

function stateFrom(told: SnapshotReader): AccountState {
  return {
    number: told.text('number'),
    status: told.oneOf('status', accountStatuses),
    balance: told.cents('balance'),
    held: told.cents('held'),
    available: told.cents('available'),
    limits: limitsFrom(told.inner('limits')),
  }
}

function detailsFrom(told: SnapshotReader): AccountDetails {
  return {
    ...stateFrom(told),
    name: told.optional('name', told.text),
    openedAtMs: told.optional('openedAtMs', told.number),
  }
}

function limitsFrom(told: SnapshotReader): Limits {
  return {
    overdraft: told.cents('overdraft'),
    withdrawal: told.optional('withdrawal', told.cents),
    dailyAmount: told.optional('dailyAmount', told.cents),
    dailyCount: told.optional('dailyCount', told.number),
  }
}

/** The members of a JSON object, each read as what it must be. Throws where it is not. */
class SnapshotReader {
  readonly #members: Readonly<Record<string, unknown>>

  constructor(value: unknown) {
    if (typeof value !== 'object' || value === null) throw unreadable('whole')
    this.#members = Object.fromEntries(Object.entries(value))
  }

  inner(name: string): SnapshotReader {
    return new SnapshotReader(this.#members[name])
  }

  readonly text = (name: string): string => {
    const value = this.#members[name]
    if (typeof value === 'string') return value
    throw unreadable(name)
  }

  readonly number = (name: string): number => {
    const value = this.#members[name]
    if (typeof value === 'number') return value
    throw unreadable(name)
  }

  readonly cents = (name: string): bigint => BigInt(this.text(name))

  oneOf<Word extends string>(name: string, words: readonly Word[]): Word {
    const word = words.find((each) => each === this.#members[name])
    if (word !== undefined) return word
    throw unreadable(name)
  }

  optional<Value>(name: string, read: (name: string) => Value): Value | undefined {
    return this.#members[name] === undefined ? undefined : read(name)
  }
}

function unreadable(name: string): Error {
  return new Error(`an idempotency record holds no ${name} that this version can read; run verify`)
}
