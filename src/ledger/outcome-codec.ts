import { type AccountDetails, type AccountState, accountStatuses, type Limits } from './accounts.ts'
import { type Hold, holdStates } from './holds.ts'
import type { Outcome } from './outcomes.ts'
import type { Posting } from './postings.ts'
import { reasonFrom } from './rejections.ts'

/**
 * An outcome as engines store it under its key: the posting it made, the reason it was declined for, or a snapshot of
 * the hold or account, which changes later and must be answered as it was.
 */
export interface StoredOutcome {
  readonly postingId: number | undefined
  readonly reason: string | undefined
  /** JSON text. */
  readonly snapshot: string | undefined
}

/** The member that holds the hold or account. Released versions have written it by this name. */
const SNAPSHOT = 'told'

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

function fromSnapshot(json: string, posting: Posting | undefined): Outcome {
  const whole = new SnapshotReader(JSON.parse(json))
  const status = whole.text('status')
  const snapshot = whole.inner(SNAPSHOT)
  switch (status) {
    case 'captured':
      if (posting === undefined) throw new Error('a captured hold names no posting; run verify')
      return { status, posting, hold: holdFrom(snapshot, posting.id), replayed: false }
    case 'held':
    case 'released':
      return { status, hold: holdFrom(snapshot, undefined), replayed: false }
    case 'opened':
      return { status, account: detailsFrom(snapshot), replayed: false }
    case 'changed':
      return { status, account: stateFrom(snapshot), replayed: false }
    case 'key_closed':
      return { status, untilMs: snapshot.number('untilMs'), replayed: false }
    default:
      throw unreadable('status')
  }
}

/** As JSON. Cents become text, as JSON's numbers would round them. */
function snapshotOf(status: Outcome['status'], item: object): string {
  return JSON.stringify({ status, [SNAPSHOT]: item }, (name: string, value: unknown) => {
    // The id of the capturing posting is stored beside it, where an engine may still have to give it.
    if (name === 'capturePostingId') return undefined
    return typeof value === 'bigint' ? `${value}` : value
  })
}

function holdFrom(snapshot: SnapshotReader, capturePostingId: number | undefined): Hold {
  return {
    id: snapshot.number('id'),
    accountId: snapshot.number('accountId'),
    accountNumber: snapshot.text('accountNumber'),
    amount: snapshot.cents('amount'),
    reference: snapshot.optional('reference', snapshot.text),
    placedAtMs: snapshot.number('placedAtMs'),
    expiresAtMs: snapshot.optional('expiresAtMs', snapshot.number),
    state: snapshot.oneOf('state', holdStates),
    capturedAmount: snapshot.cents('capturedAmount'),
    capturePostingId,
  }
}

function stateFrom(snapshot: SnapshotReader): AccountState {
  return {
    number: snapshot.text('number'),
    status: snapshot.oneOf('status', accountStatuses),
    balance: snapshot.cents('balance'),
    held: snapshot.cents('held'),
    available: snapshot.cents('available'),
    limits: limitsFrom(snapshot.inner('limits')),
  }
}

function detailsFrom(snapshot: SnapshotReader): AccountDetails {
  return {
    ...stateFrom(snapshot),
    name: snapshot.optional('name', snapshot.text),
    openedAtMs: snapshot.optional('openedAtMs', snapshot.number),
  }
}

function limitsFrom(snapshot: SnapshotReader): Limits {
  return {
    overdraft: snapshot.cents('overdraft'),
    withdrawal: snapshot.optional('withdrawal', snapshot.cents),
    dailyAmount: snapshot.optional('dailyAmount', snapshot.cents),
    dailyCount: snapshot.optional('dailyCount', snapshot.number),
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
