import assert from 'node:assert/strict'
import { accountState, type StoredDetails } from '../../src/ledger/accounts.ts'
import type { Command } from '../../src/ledger/commands/registry.ts'
import type { Hold } from '../../src/ledger/holds.ts'
import type { Accepted, Outcome } from '../../src/state-machine/outcomes.ts'
import { balanceAfter, type Posting } from '../../src/ledger/postings.ts'
import type { Limits } from '../../src/ledger/accounts.ts'
import { NOWHERE, type Planned } from '../ledger/generated-commands.ts'
import type { AccountTold, HoldTold, LineTold, MovementTold, Prediction } from '../ledger/model/told.ts'

/** No engine ever gives this id. */
export const NO_SUCH_ID = 2_000_000_000

/** Ids of the model, which count 1, 2, 3 …, and those that an engine has given to the same things. */
class Pairs {
  readonly #real = new Map<number, number>()
  readonly #model = new Map<number, number>()

  pair(model: number, real: number): void {
    if (this.#real.get(model) === real) return
    assert.ok(
      !this.#real.has(model) && !this.#model.has(real),
      `${model} or ${real} is already something else`,
    )
    this.#real.set(model, real)
    this.#model.set(real, model)
  }

  get models(): readonly number[] {
    return [...this.#real.keys()]
  }

  has(model: number): boolean {
    return this.#real.has(model)
  }

  real(model: number): number {
    return found(this.#real.get(model), `an id for ${model} of the model`)
  }

  model(real: number): number {
    return found(this.#model.get(real), `something of the id ${real} in the model`)
  }
}

/** A command with the ids of the model and with those of the engine. */
export interface Sent {
  readonly modelled: Command
  readonly real: Command
}

/** Between the model and one store: gives commands the ids of both, and tells what the store says as the model would. */
export class Translation {
  readonly holds = new Pairs()
  readonly movements = new Pairs()
  readonly #numbers = new Map<number, string>()
  readonly #sent: Sent[] = []
  readonly #deployment: Limits

  constructor(deployment: Limits) {
    this.#deployment = deployment
  }

  /** Undefined for what refers to a request that was sent when none was. */
  resolve(planned: Planned): Sent | undefined {
    if (planned.kind === 'again') return this.#sent.at(-1 - planned.back)
    const sent = this.#sentFor(planned)
    if (sent !== undefined && planned.idempotencyKey !== undefined) this.#sent.push(sent)
    return sent
  }

  knows({ account }: StoredDetails): void {
    this.#numbers.set(account.id, found(account.number, 'a customer’s number'))
  }

  /** What is answered for the first time is from now on what the prediction says it is. */
  outcome(outcome: Outcome, prediction: Prediction): Prediction {
    const { status, replayed } = outcome
    if (status === 'rejected') return { answer: outcome.reason, replayed }
    if (!replayed) this.#pair(outcome, prediction)
    if (status === 'posted') return { answer: status, replayed, movement: this.movement(outcome.posting) }
    if (status === 'held' || status === 'released')
      return { answer: status, replayed, hold: this.hold(outcome.hold) }
    if (status === 'key_closed') return { answer: status, replayed, untilMs: outcome.untilMs }
    if (status === 'changed') return { answer: status, replayed, account: outcome.account }
    if (status === 'opened') {
      const { name, openedAtMs: atMs, ...account } = outcome.account
      return { answer: status, replayed, account: { ...account, opened: { name, atMs } } }
    }
    if (status !== 'captured') throw new TypeError(`the ledger answers no ${status}`)
    const { posting, hold } = outcome
    return { answer: status, replayed, movement: this.movement(posting), hold: this.hold(hold) }
  }

  movement(posting: Posting): MovementTold {
    const { id, atMs, kind, amount, reference, reversedPostingId, holdId, debitAccountId, creditAccountId } =
      posting
    const from = this.#numbers.get(debitAccountId)
    const to = this.#numbers.get(creditAccountId)
    return {
      id: this.movements.model(id),
      atMs,
      kind: kind === 'exchange' || kind === 'count' ? internal(kind) : kind,
      from,
      to,
      amount,
      reference,
      reverses: reversedPostingId === undefined ? undefined : this.movements.model(reversedPostingId),
      hold: holdId === undefined ? undefined : this.holds.model(holdId),
      fromBalance: from === undefined ? undefined : posting.debitBalance,
      toBalance: to === undefined ? undefined : posting.creditBalance,
    }
  }

  /** The posting as a line in the history of one of its two accounts. */
  line(posting: Posting, accountId: number): LineTold {
    const { id, atMs, kind, from, to, amount, reference, reverses, hold } = this.movement(posting)
    const isIn = posting.creditAccountId === accountId
    return {
      id,
      atMs,
      kind,
      amount,
      reference,
      reverses,
      hold,
      direction: isIn ? 'in' : 'out',
      balance: balanceAfter(posting, accountId),
      counterparty: isIn ? from : to,
    }
  }

  hold(hold: Hold): HoldTold {
    const { id, amount, reference, placedAtMs, expiresAtMs, state, accountNumber: account } = hold
    assert.equal(this.#numbers.get(hold.accountId), account)
    const capture =
      hold.capturePostingId === undefined ? undefined : this.movements.model(hold.capturePostingId)
    const captured = hold.capturedAmount
    return {
      id: this.holds.model(id),
      account,
      amount,
      reference,
      placedAtMs,
      expiresAtMs,
      state,
      captured,
      capture,
    }
  }

  account({ account, name, openedAtMs: atMs, asOfMs }: StoredDetails): AccountTold {
    return { ...accountState(account, this.#deployment, asOfMs), opened: { name, atMs } }
  }

  #pair(outcome: Accepted, { movement, hold }: Prediction): void {
    if ('posting' in outcome && movement !== undefined) this.movements.pair(movement.id, outcome.posting.id)
    if (outcome.status === 'held' && hold !== undefined) this.holds.pair(hold.id, outcome.hold.id)
  }

  #sentFor(planned: Exclude<Planned, { kind: 'again' }>): Sent | undefined {
    if (planned.kind !== 'undo') return this.#withIds(planned)
    const { back, ...rest } = planned
    const idempotencyKey = this.#sent.at(-1 - back)?.real.idempotencyKey
    return idempotencyKey === undefined
      ? undefined
      : this.#withIds({ ...rest, kind: 'reverse', original: { idempotencyKey } })
  }

  #withIds(command: Command): Sent {
    if (command.kind === 'capture' || command.kind === 'release') {
      const [modelId, realId] = placed(this.holds, command.holdId)
      return { modelled: { ...command, holdId: modelId }, real: { ...command, holdId: realId } }
    }
    if (command.kind !== 'reverse' || !('postingId' in command.original))
      return { modelled: command, real: command }
    const [modelId, realId] = placed(this.movements, command.original.postingId)
    return {
      modelled: { ...command, original: { postingId: modelId } },
      real: { ...command, original: { postingId: realId } },
    }
  }
}

/** Both ids of what stands so many places from the end, which is also where one goes on from the beginning. */
function placed(pairs: Pairs, fromEnd: number): readonly [number, number] {
  const model = fromEnd === NOWHERE ? undefined : pairs.models.at(-1 - (fromEnd % pairs.models.length))
  return model === undefined ? [NO_SUCH_ID, NO_SUCH_ID] : [model, pairs.real(model)]
}

function found<Value>(value: Value | undefined, what: string): Value {
  assert.ok(value !== undefined, `there is ${what}`)
  return value
}

/** The ledger's commands make no such postings. */
function internal(kind: string): never {
  throw new TypeError(`the model knows no ${kind}`)
}
