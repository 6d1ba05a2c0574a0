import type { AccountLimits, AccountStatus } from '../../../src/ledger/accounts.ts'
import type { Prediction } from './told.ts'

/** What the model is told of the deployment. */
export interface ModelTerms {
  readonly keptForMs: number
  /** Undefined where there is no limit. */
  readonly limits: {
    readonly overdraft: bigint
    readonly withdrawal: bigint | undefined
    readonly dailyAmount: bigint | undefined
    readonly dailyCount: number | undefined
  }
  /** Days begin so many hours before they do in UTC. */
  readonly hoursAheadOfUtc: number
}

export interface Customer {
  readonly number: string
  readonly name: string | undefined
  readonly openedAtMs: number
}

/** Money that went from one customer to another; undefined stands for cash. */
export interface Movement {
  readonly id: number
  readonly atMs: number
  readonly kind: 'opening' | 'deposit' | 'withdraw' | 'transfer' | 'capture' | 'reversal'
  readonly from: string | undefined
  readonly to: string | undefined
  /** The drawer that gave or took the cash. */
  readonly drawer: number | undefined
  readonly amount: bigint
  readonly reference: string | undefined
  readonly reverses: number | undefined
  readonly hold: number | undefined
}

export interface PlacedHold {
  readonly id: number
  readonly account: string
  readonly amount: bigint
  readonly reference: string | undefined
  readonly placedAtMs: number
  readonly expiresAtMs: number | undefined
}

interface Ending {
  readonly hold: number
  readonly state: 'captured' | 'released'
}

interface Amendment {
  readonly account: string
  readonly status?: AccountStatus
  readonly limits?: Partial<AccountLimits>
}

interface KeptAnswer {
  readonly key: string
  /** Undefined for a key that was closed. */
  readonly request: string | undefined
  readonly atMs: number
  readonly prediction: Prediction
}

const LARGEST = 2n ** 63n - 1n
const CASH_DRAWERS = 8
const HOUR_MS = 3_600_000

/**
 * What the model writes down: lists to which lines are added and of which none is ever changed. All else is counted
 * from the lists each time it is asked for.
 */
export class Notebook {
  readonly terms: ModelTerms
  readonly customers: Customer[] = []
  readonly movements: Movement[] = []
  readonly holds: PlacedHold[] = []
  readonly endings: Ending[] = []
  readonly amendments: Amendment[] = []
  readonly answers: KeptAnswer[] = []

  constructor(terms: ModelTerms) {
    this.terms = terms
  }

  move(movement: Omit<Movement, 'id' | 'drawer'>, drawer = this.drawerOf(movement)): Movement {
    const line = { ...movement, id: this.movements.length + 1, drawer }
    this.movements.push(line)
    return line
  }

  isCustomer(number: string): boolean {
    return this.customers.some((customer) => customer.number === number)
  }

  status(number: string): AccountStatus {
    const statuses = this.#amendmentsOf(number).flatMap(({ status }) => status ?? [])
    return statuses.at(-1) ?? 'open'
  }

  limits(number: string): ModelTerms['limits'] {
    const own: Partial<AccountLimits> = Object.assign(
      {},
      ...this.#amendmentsOf(number).map(({ limits }) => limits),
    )
    const { limits } = this.terms
    return {
      overdraft: own.overdraft ?? limits.overdraft,
      withdrawal: own.withdrawal ?? limits.withdrawal,
      dailyAmount: own.dailyAmount ?? limits.dailyAmount,
      dailyCount: own.dailyCount ?? limits.dailyCount,
    }
  }

  /** Whether the account may owe less than it once might. */
  hadMoreOverdraft(number: string): boolean {
    const ofDeployment = this.terms.limits.overdraft
    const all = this.#amendmentsOf(number).flatMap(({ limits }) =>
      limits !== undefined && 'overdraft' in limits ? [limits.overdraft ?? ofDeployment] : [],
    )
    return [ofDeployment, ...all].some((overdraft) => overdraft > this.limits(number).overdraft)
  }

  /** The balance after the movement of that id, or after all of them. */
  balance(number: string, afterId = Infinity): bigint {
    return this.#sum((movement) => {
      if (movement.id > afterId) return 0n
      if (movement.to === number) return movement.amount
      return movement.from === number ? -movement.amount : 0n
    })
  }

  openHolds(number: string, nowMs: number): readonly PlacedHold[] {
    return this.holds.filter((hold) => hold.account === number && this.holdStatus(hold, nowMs) === 'open')
  }

  held(number: string, nowMs: number): bigint {
    let held = 0n
    for (const { amount } of this.openHolds(number, nowMs)) held += amount
    return held
  }

  available(number: string, nowMs: number): bigint {
    return this.balance(number) - this.held(number, nowMs) + this.limits(number).overdraft
  }

  holdStatus(hold: PlacedHold, nowMs: number): 'open' | 'captured' | 'released' | 'expired' {
    const ending = this.endings.find((each) => each.hold === hold.id)
    if (ending !== undefined) return ending.state
    return hold.expiresAtMs !== undefined && nowMs >= hold.expiresAtMs ? 'expired' : 'open'
  }

  reversalsOf(id: number): readonly Movement[] {
    return this.movements.filter(({ reverses }) => reverses === id)
  }

  /** What was given back of the movement, all in all. */
  reversed(id: number): bigint {
    return this.#sum(({ reverses, amount }) => (reverses === id ? amount : 0n))
  }

  /** The withdrawals of the day of that moment, each with what is left of it. */
  withdrawnOnDayOf(number: string, nowMs: number): readonly bigint[] {
    const day = this.dayOf(nowMs)
    return this.movements
      .filter(({ kind, from, atMs }) => kind === 'withdraw' && from === number && this.dayOf(atMs) === day)
      .map(({ id, amount }) => amount - this.reversed(id))
  }

  /** What is kept under the key at that moment. */
  keptUnder(key: string, nowMs: number): KeptAnswer | undefined {
    const latest = this.answers.findLast((answer) => answer.key === key)
    return latest !== undefined && nowMs < latest.atMs + this.terms.keptForMs ? latest : undefined
  }

  /** The drawer that the cash of a movement comes from or goes to, if it is one of cash and there is such a drawer. */
  drawerOf({ from, to, amount }: Pick<Movement, 'from' | 'to' | 'amount'>): number | undefined {
    if (from !== undefined && to !== undefined) return undefined
    const change = from === undefined ? -amount : amount
    const drawers = Array.from({ length: CASH_DRAWERS }, (_, drawer) => drawer)
    return drawers.find((drawer) => isStorable(this.#drawerBalance(drawer) + change))
  }

  /** Days since 1 January 1970. */
  dayOf(atMs: number): number {
    return Math.floor((atMs / HOUR_MS + this.terms.hoursAheadOfUtc) / 24)
  }

  #drawerBalance(drawer: number): bigint {
    return this.#sum((movement) => {
      if (movement.drawer !== drawer) return 0n
      return movement.from === undefined ? -movement.amount : movement.amount
    })
  }

  #amendmentsOf(number: string): readonly Amendment[] {
    return this.amendments.filter(({ account }) => account === number)
  }

  #sum(share: (movement: Movement) => bigint): bigint {
    let sum = 0n
    for (const movement of this.movements) sum += share(movement)
    return sum
  }
}

/** Whether 64 bits with a sign hold it. */
export function isStorable(cents: bigint): boolean {
  return cents <= LARGEST && cents >= -LARGEST - 1n
}
