import type { Notebook, Movement, PlacedHold, ModelTerms } from './notebook.ts'

/** What the model says of a command. Movements and holds have the numbers 1, 2, 3 … in the order in which they came. */
export interface Prediction {
  /** The status of what was carried out, or the reason of a rejection. */
  readonly answer: string
  readonly replayed: boolean
  readonly movement?: MovementTold
  readonly hold?: HoldTold
  readonly account?: AccountTold
  /** Until when a key is closed. */
  readonly untilMs?: number
}

export interface MovementTold extends Omit<Movement, 'drawer'> {
  /** The balances after it; undefined for cash. */
  readonly fromBalance: bigint | undefined
  readonly toBalance: bigint | undefined
}

export interface HoldTold extends PlacedHold {
  readonly state: string
  readonly captured: bigint
  /** The movement that captured it. */
  readonly capture: number | undefined
}

export interface AccountTold {
  readonly number: string
  readonly status: string
  readonly balance: bigint
  readonly held: bigint
  readonly available: bigint
  readonly limits: ModelTerms['limits']
  /** Told of an account that was opened just now. */
  readonly opened?: { readonly name: string | undefined; readonly atMs: number | undefined }
}

/** The movement with the balances that it left. */
export function tellMovement(notebook: Notebook, movement: Movement): MovementTold {
  const balance = (number: string | undefined): bigint | undefined =>
    number === undefined ? undefined : notebook.balance(number, movement.id)
  const { id, atMs, kind, from, to, amount, reference, reverses, hold } = movement
  const balances = { fromBalance: balance(from), toBalance: balance(to) }
  return { id, atMs, kind, from, to, amount, reference, reverses, hold, ...balances }
}

/** The hold as it stands; one that has merely expired is told as open. */
export function tellHold(notebook: Notebook, hold: PlacedHold): HoldTold {
  const state = notebook.endings.find((ending) => ending.hold === hold.id)?.state ?? 'open'
  const capture = notebook.movements.find((movement) => movement.hold === hold.id)
  return { ...hold, state, captured: capture?.amount ?? 0n, capture: capture?.id }
}

export function tellAccount(notebook: Notebook, number: string, nowMs: number): AccountTold {
  return {
    number,
    status: notebook.status(number),
    balance: notebook.balance(number),
    held: notebook.held(number, nowMs),
    available: notebook.available(number, nowMs),
    limits: notebook.limits(number),
  }
}

/** The account's history as its holder sees it, which starts after an opening balance. */
export function tellHistory(notebook: Notebook, number: string): readonly LineTold[] {
  const lines: LineTold[] = []
  let balance = 0n
  for (const { from, to, amount, kind, ...rest } of notebook.movements) {
    if (from !== number && to !== number) continue
    balance += to === number ? amount : -amount
    if (kind === 'opening') continue
    const { id, atMs, reference, reverses, hold } = rest
    const direction = to === number ? 'in' : 'out'
    const counterparty = to === number ? from : to
    lines.push({ id, atMs, kind, direction, amount, balance, counterparty, reference, reverses, hold })
  }
  return lines
}

export interface LineTold {
  readonly id: number
  readonly atMs: number
  readonly kind: string
  readonly direction: 'in' | 'out'
  readonly amount: bigint
  readonly balance: bigint
  /** The other customer; undefined for cash. */
  readonly counterparty: string | undefined
  readonly reference: string | undefined
  readonly reverses: number | undefined
  readonly hold: number | undefined
}
