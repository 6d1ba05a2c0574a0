import type { Command } from '../../src/ledger/commands.ts'

/**
 * The bank as anyone would write it first: slow, obvious, and sharing no line with the real one. The tests let it
 * predict every answer of the ledger.
 */

/** What the model says of a command, in the words of the API. */
export interface Prediction {
  /** `posted`, `opened`, or the reason of a rejection. */
  readonly answer: string
  /** Cents after a posting. */
  readonly balance?: bigint
  readonly replayed: boolean
}

interface Line {
  readonly type: string
  readonly amount: bigint
  readonly balance: bigint
}

const LARGEST = 2n ** 63n - 1n
const CASH_DRAWERS = 8

export class Model {
  readonly balances = new Map<string, bigint>()
  readonly histories = new Map<string, Line[]>()
  /** What each cash drawer has given out; the drawers are filled in order. */
  readonly #drawers: bigint[] = Array.from({ length: CASH_DRAWERS }, () => 0n)
  readonly #kept = new Map<string, { request: string; prediction: Prediction; atMs: number }>()
  readonly #keptForMs: number

  constructor(keptForMs: number) {
    this.#keptForMs = keptForMs
  }

  carryOut(command: Command, nowMs: number): Prediction {
    if (command.kind === 'open') return this.#open(command.account, command.openingBalance)
    const { idempotencyKey: key, kind, account, amount } = command
    const request = `${kind} ${account} ${amount}`
    const kept = key === undefined ? undefined : this.#kept.get(key)
    if (kept !== undefined && nowMs < kept.atMs + this.#keptForMs) {
      if (kept.request !== request) return { answer: 'idempotency_key_reused', replayed: false }
      return { ...kept.prediction, replayed: true }
    }
    const prediction = this.#move(kind, account, amount)
    const judged = ['posted', 'insufficient_funds', 'balance_limit_exceeded'].includes(prediction.answer)
    if (key !== undefined && judged) this.#kept.set(key, { request, prediction, atMs: nowMs })
    return prediction
  }

  #open(account: string, openingBalance: bigint): Prediction {
    if (this.balances.has(account)) return { answer: 'account_exists', replayed: false }
    if (!this.#takeFromDrawer(openingBalance)) return { answer: 'balance_limit_exceeded', replayed: false }
    this.balances.set(account, openingBalance)
    this.histories.set(account, [])
    return { answer: 'opened', replayed: false }
  }

  #move(type: 'deposit' | 'withdraw', account: string, amount: bigint): Prediction {
    const before = this.balances.get(account)
    if (before === undefined) return { answer: 'account_not_found', replayed: false }
    const after = type === 'deposit' ? before + amount : before - amount
    if (after < 0n) return { answer: 'insufficient_funds', replayed: false }
    if (after > LARGEST) return { answer: 'balance_limit_exceeded', replayed: false }
    if (!this.#takeFromDrawer(after - before)) return { answer: 'balance_limit_exceeded', replayed: false }
    this.balances.set(account, after)
    this.histories.get(account)?.push({ type, amount, balance: after })
    return { answer: 'posted', balance: after, replayed: false }
  }

  #takeFromDrawer(cents: bigint): boolean {
    const drawer = this.#drawers.findIndex((given) => {
      const after = given + cents
      return after <= LARGEST + 1n && after >= -LARGEST
    })
    if (drawer === -1) return false
    this.#drawers[drawer] = (this.#drawers[drawer] ?? 0n) + cents
    return true
  }
}
