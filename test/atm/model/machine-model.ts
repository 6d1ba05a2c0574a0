/** Notes as the model writes them: unit, cents, count. */
export type Pile = readonly [unit: string, cents: number, notes: number]

/** What the model is asked to do. All money is in cents. */
export type Deed =
  | {
      readonly do: 'withdraw'
      readonly seq: number
      readonly cents: number
      readonly broken: readonly string[]
    }
  | {
      readonly do: 'report'
      readonly seq: number
      readonly word: string
      readonly presented: readonly Pile[]
      readonly rejected: readonly Pile[]
    }
  | { readonly do: 'deposit'; readonly seq: number; readonly notes: readonly (readonly [number, number])[] }
  | { readonly do: 'stored'; readonly seq: number; readonly word: string; readonly stored: readonly Pile[] }
  | { readonly do: 'transfer'; readonly seq: number; readonly cents: number }
  | {
      readonly do: 'resolve'
      readonly seq: number
      readonly of: string
      readonly given: number
      readonly found: number
    }
  | {
      readonly do: 'exchange'
      readonly seq: number
      readonly added: readonly Pile[]
      readonly removed: readonly Pile[]
    }
  | { readonly do: 'count'; readonly seq: number; readonly counted: readonly Pile[] }
  | { readonly do: 'status'; readonly status: string }
  | { readonly do: 'account'; readonly status: string }
  | { readonly do: 'counter'; readonly cents: number }

/** Who has the notes of a transaction, and what was said of it. */
interface Line {
  readonly kind: string
  state: string
  /** What was requested, and how that was answered; undefined where only an outcome came. */
  asked: { readonly text: string; readonly answer: string } | undefined
  readonly isAuthorized: boolean
  readonly atMs: number
  /** Unit, cents, notes; of a deposit without unit. */
  readonly plan: readonly Pile[]
  /** What the customer has in the end: of a withdrawal got, of a deposit given. */
  value: number
  outcome: Said | undefined
  conflict: Said | undefined
  resolution: Said | undefined
}

interface Said {
  readonly text: string
  readonly word: string
  readonly answer: string
}

const DOUBTS = ['unknown', 'retracted']
export const MOST_NOTES = 6
export const CASH_IN_ROOM = 12
export const CASSETTE_ROOM = 30
const DENOMINATIONS: Readonly<Record<string, number>> = { c10: 10_00, c20: 20_00, c50: 50_00 }
export const PER_DAY = 400_00

/**
 * The machine as anyone would write it first: numbers and lists, and no line shared with the real one. Which notes are
 * planned is taken from the real answer, as long as they are there and come to the amount.
 */
export class MachineModel {
  readonly notes = new Map<string, number>()
  readonly lines = new Map<number, Line>()
  customer = 300_00
  other = 0
  over = 0
  machineStatus = 'in_service'
  accountStatus = 'open'
  latest = 0
  nowMs = 0
  withdrawnAtCounter = 0

  get cash(): number {
    return [...this.notes].reduce((sum, [key, notes]) => sum + Number(key.split(' ')[1]) * notes, 0)
  }

  get waiting(): number | undefined {
    return [...this.lines].find(([, { state }]) => state === 'authorized')?.[0]
  }

  notesAt(unit: string, cents: number): number {
    return this.notes.get(`${unit} ${cents}`) ?? 0
  }

  put([unit, cents, notes]: Pile): void {
    this.notes.set(`${unit} ${cents}`, this.notesAt(unit, cents) + notes)
  }

  /** The state or reason that must be answered. `plan` is that of the real answer. */
  predict(deed: Deed, plan: readonly Pile[]): string {
    switch (deed.do) {
      case 'report':
        return this.#said(deed.seq, 'withdrawal', JSON.stringify(deed), deed.word, () =>
          this.#dispensed(deed),
        )
      case 'stored':
        return this.#said(deed.seq, 'deposit', JSON.stringify(deed), deed.word, () => this.#stored(deed))
      case 'resolve':
        return this.#resolve(deed)
      case 'status':
        this.machineStatus = deed.status
        return 'done'
      case 'account':
        this.accountStatus = deed.status
        return 'done'
      case 'counter':
        return this.#counter(deed.cents)
      case 'withdraw':
      case 'deposit':
      case 'transfer':
      case 'exchange':
      case 'count':
      default:
        return this.#requested(deed, plan)
    }
  }

  #requested(
    deed: Extract<Deed, { readonly do: 'withdraw' | 'deposit' | 'transfer' | 'exchange' | 'count' }>,
    plan: readonly Pile[],
  ): string {
    const kind = deed.do === 'withdraw' ? 'withdrawal' : deed.do
    const text = JSON.stringify(deed)
    const known = this.lines.get(deed.seq)
    if (known !== undefined) {
      if (known.kind !== kind) return 'sequence_reused'
      known.asked ??= { text, answer: 'transaction_closed' }
      return known.asked.text === text ? known.asked.answer : 'sequence_reused'
    }
    if (deed.seq <= this.latest) return 'sequence_passed'
    const isOperators = deed.do === 'exchange' || deed.do === 'count'
    const blocked = this.#blocked(isOperators)
    const [answer, value] = blocked === undefined ? this.#act(deed, plan) : [blocked, 0]
    if (answer === 'unit_mismatch') return answer
    const states: Readonly<Record<string, string>> = {
      authorized: 'authorized',
      settled: 'settled',
      done: 'settled',
    }
    const state = states[answer] ?? 'declined'
    this.latest = deed.seq
    this.lines.set(deed.seq, {
      kind,
      state,
      asked: { text, answer },
      isAuthorized: state !== 'declined',
      atMs: this.nowMs,
      plan:
        state !== 'authorized' ? [] : deed.do === 'deposit' ? deed.notes.map(([c, n]) => ['', c, n]) : plan,
      value: deed.do === 'withdraw' ? value : 0,
      outcome: undefined,
      conflict: undefined,
      resolution: undefined,
    })
    return answer
  }

  #blocked(isOperators: boolean): string | undefined {
    if (isOperators && this.machineStatus !== 'exchange') return 'terminal_not_in_exchange'
    if (!isOperators && this.machineStatus !== 'in_service') return 'terminal_out_of_service'
    return this.waiting === undefined ? undefined : 'terminal_has_unsettled'
  }

  #act(
    deed: Extract<Deed, { readonly do: 'withdraw' | 'deposit' | 'transfer' | 'exchange' | 'count' }>,
    plan: readonly Pile[],
  ): readonly [answer: string, value: number] {
    if (deed.do === 'withdraw') {
      const wrong = this.#unpayable(deed.cents, deed.broken) ?? this.#refused(deed.cents)
      if (wrong !== undefined) return [wrong, 0]
      const isRight =
        worth(plan) === deed.cents &&
        plan.every(
          ([unit, cents, notes]) => this.notesAt(unit, cents) >= notes && !deed.broken.includes(unit),
        )
      if (!isRight) return ['a plan that can be paid', 0]
      for (const [unit, cents, notes] of plan) this.put([unit, cents, -notes])
      this.customer -= deed.cents
      return ['authorized', deed.cents]
    }
    if (deed.do === 'deposit') {
      const inside = [...this.notes].reduce((sum, [key, n]) => sum + (key.startsWith('in ') ? n : 0), 0)
      const fed = deed.notes.reduce((sum, [, notes]) => sum + notes, 0)
      return [inside + fed > CASH_IN_ROOM ? 'unit_full' : 'authorized', 0]
    }
    if (deed.do === 'transfer') {
      if (this.accountStatus === 'frozen') return ['account_frozen', 0]
      if (deed.cents > this.customer) return ['insufficient_funds', 0]
      this.customer -= deed.cents
      this.other += deed.cents
      return ['settled', 0]
    }
    return [deed.do === 'exchange' ? this.#exchange(deed) : this.#count(deed), 0]
  }

  #unpayable(cents: number, broken: readonly string[]): string | undefined {
    const stock = Object.entries(DENOMINATIONS)
      .filter(([unit]) => !broken.includes(unit) && this.notesAt(unit, DENOMINATIONS[unit] ?? 0) > 0)
      .flatMap(([unit, value]) => Array.from({ length: this.notesAt(unit, value) }, () => value))
    const largest = stock.toSorted((one, other) => other - one).slice(0, MOST_NOTES)
    const all = stock.reduce((sum, value) => sum + value, 0)
    const isFine = stock.length > 0 && cents % divisor([...new Set(stock)]) === 0
    if (!isFine || cents > all) return 'amount_not_dispensable'
    if (cents > largest.reduce((sum, value) => sum + value, 0)) return 'too_many_notes'
    let ways = new Map([[0, 0]])
    for (const value of stock) {
      const next = new Map(ways)
      for (const [sum, notes] of ways)
        if (sum + value <= cents)
          next.set(sum + value, Math.min(notes + 1, next.get(sum + value) ?? Infinity))
      ways = next
    }
    const fewest = ways.get(cents)
    if (fewest === undefined) return 'amount_not_dispensable'
    return fewest > MOST_NOTES ? 'too_many_notes' : undefined
  }

  #refused(cents: number): string | undefined {
    if (this.accountStatus === 'frozen') return 'account_frozen'
    const atMachine = [...this.lines.values()].filter(({ kind }) => kind === 'withdrawal')
    const today = atMachine.reduce((sum, { value }) => sum + value, 0) + this.withdrawnAtCounter
    if (today + cents > PER_DAY) return 'daily_amount_limit_exceeded'
    return cents > this.customer ? 'insufficient_funds' : undefined
  }

  #counter(cents: number): string {
    if (cents < 0) {
      this.customer -= cents
      return 'done'
    }
    const wrong = this.#refused(cents)
    if (wrong !== undefined) return wrong
    this.customer -= cents
    this.withdrawnAtCounter += cents
    return 'done'
  }

  #exchange({ added, removed }: Extract<Deed, { readonly do: 'exchange' }>): string {
    if ([...added, ...removed].some(([unit, cents]) => !fitsInto(unit, cents))) return 'unit_mismatch'
    const isOver = Object.entries(DENOMINATIONS).some(([unit, cents]) => {
      const after = this.notesAt(unit, cents) - sumOf(removed, unit) + sumOf(added, unit)
      return sumOf(added, unit) > 0 && after > CASSETTE_ROOM
    })
    if (isOver) return 'unit_full'
    if (removed.some(([unit, cents, notes]) => this.notesAt(unit, cents) < notes)) return 'not_enough_notes'
    for (const [unit, cents, notes] of removed) this.put([unit, cents, -notes])
    for (const pile of added) this.put(pile)
    return 'done'
  }

  #count({ counted }: Extract<Deed, { readonly do: 'count' }>): string {
    if (counted.some(([unit, cents]) => !fitsInto(unit, cents))) return 'unit_mismatch'
    for (const [unit, cents, notes] of counted) {
      const more = notes - this.notesAt(unit, cents)
      this.put([unit, cents, more])
      this.over += more * cents
    }
    return 'done'
  }

  /** What follows from an outcome; `act` answers the value and what else happens, or nothing where it cannot be. */
  #said(seq: number, kind: string, text: string, word: string, act: () => Ending | undefined): string {
    const line = this.lines.get(seq) ?? unheardOf(kind, this.nowMs)
    if (line.kind !== kind) return 'sequence_reused'
    const earlier = [line.outcome, line.conflict].find((said) => said?.text === text)
    if (earlier !== undefined) return earlier.answer
    const answer = line.isAuthorized ? this.#ofAuthorized(line, text, word, act) : ofOther(line, text, word)
    this.lines.set(seq, line)
    this.latest = Math.max(this.latest, seq)
    return answer
  }

  #ofAuthorized(line: Line, text: string, word: string, act: () => Ending | undefined): string {
    const isDoubt = DOUBTS.includes(word)
    const ending = isDoubt ? undefined : act()
    if (line.state === 'authorized' || line.state === 'in_doubt') {
      if (ending !== undefined) {
        ending.happens()
        line.value = ending.value
        line.state = word
      } else if (line.state === 'in_doubt' && isDoubt) return 'in_doubt'
      else line.state = 'in_doubt'
      line.outcome = { text, word, answer: line.state }
    } else if (!isDoubt && ending?.value !== line.value) line.conflict ??= { text, word, answer: line.state }
    return line.state
  }

  #dispensed(deed: Extract<Deed, { readonly do: 'report' }>): Ending | undefined {
    const { plan } = this.lines.get(deed.seq) ?? { plan: [] }
    const presented = deed.word === 'dispensed' && deed.presented.length === 0 ? plan : deed.presented
    const planned = (unit: string): number => plan.find(([name]) => name === unit)?.[2] ?? 0
    if ([...presented, ...deed.rejected].some(([unit]) => planned(unit) === 0)) return undefined
    const moves: Pile[] = []
    let given = 0
    for (const [unit, cents, notes] of plan) {
      const [out, bad] = [sumOf(presented, unit), sumOf(deed.rejected, unit)]
      const unused = notes - out
      // Rejected notes that were not planned came out of the unit as well.
      if (unused < 0 || this.notesAt(unit, cents) + unused - bad < 0) return undefined
      moves.push([unit, cents, unused - bad], ['reject', cents, bad])
      given += out * cents
    }
    const total = worth(plan)
    const word = given === total ? 'dispensed' : given === 0 ? 'not_dispensed' : 'partly_dispensed'
    if (word !== deed.word) return undefined
    return {
      value: given,
      happens: () => {
        for (const move of moves) this.put(move)
        this.customer += total - given
      },
    }
  }

  #stored(deed: Extract<Deed, { readonly do: 'stored' }>): Ending | undefined {
    if (deed.word === 'returned')
      return deed.stored.length > 0 ? undefined : { value: 0, happens: () => undefined }
    const { plan } = this.lines.get(deed.seq) ?? { plan: [] }
    const isSame = [10_00, 20_00, 50_00].every((cents) => {
      const count = (piles: readonly Pile[]): number =>
        piles.reduce((sum, pile) => sum + (pile[1] === cents ? pile[2] : 0), 0)
      return count(plan) === count(deed.stored)
    })
    if (!isSame || deed.stored.some(([unit]) => unit !== 'in')) return undefined
    return {
      value: worth(plan),
      happens: () => {
        for (const pile of deed.stored) this.put(pile)
        this.customer += worth(plan)
      },
    }
  }

  #resolve({ seq, of, given, found, ...rest }: Extract<Deed, { readonly do: 'resolve' }>): string {
    const line = this.lines.get(seq)
    const text = JSON.stringify({ given, found, ...rest })
    if (line?.kind !== of) return 'terminal_transaction_not_found'
    if (line.resolution !== undefined)
      return line.resolution.text === text ? line.resolution.answer : 'sequence_reused'
    const isOverdue = line.state === 'authorized' && this.nowMs - line.atMs > 30_000
    if (line.state !== 'in_doubt' && !isOverdue) return 'not_in_doubt'
    if (!line.isAuthorized) line.state = 'closed'
    else {
      const total = worth(line.plan)
      const kept = Math.min(given * 20_00, total)
      const back = total - kept
      this.put([of === 'deposit' ? 'in' : 'retract', 20_00, found])
      this.customer += back
      this.over += found * 20_00 - back
      line.value = of === 'deposit' ? back : kept
      if (of === 'deposit') line.state = back === 0 ? 'returned' : 'accepted'
      else line.state = back === 0 ? 'dispensed' : kept === 0 ? 'not_dispensed' : 'partly_dispensed'
    }
    line.resolution = { text, word: '', answer: line.state }
    return line.state
  }
}

interface Ending {
  readonly value: number
  readonly happens: () => void
}

function unheardOf(kind: string, atMs: number): Line {
  return {
    kind,
    state: 'nothing',
    asked: undefined,
    isAuthorized: false,
    atMs,
    plan: [],
    value: 0,
    outcome: undefined,
    conflict: undefined,
    resolution: undefined,
  }
}

function ofOther(line: Line, text: string, word: string): string {
  const isNothing = word === 'not_dispensed' || word === 'returned'
  const isDoubt = DOUBTS.includes(word)
  const said = (state: string): string => {
    line.state = state
    line.outcome = { text, word, answer: state }
    return state
  }
  if (line.outcome === undefined && line.resolution === undefined) {
    if (!isNothing) return said('in_doubt')
    return said(line.asked === undefined ? 'closed' : 'declined')
  }
  const wasDoubt = DOUBTS.includes(line.outcome?.word ?? '')
  if (line.state === 'in_doubt' && wasDoubt && !isDoubt) return said(isNothing ? 'closed' : 'in_doubt')
  const contradicts = line.state === 'in_doubt' ? !isDoubt && !wasDoubt : !isDoubt && !isNothing
  if (contradicts) line.conflict ??= { text, word, answer: line.state }
  return line.state
}

function fitsInto(unit: string, cents: number): boolean {
  const only = DENOMINATIONS[unit]
  return ['in', 'reject', 'retract'].includes(unit) || only === cents
}

function worth(piles: readonly Pile[]): number {
  return piles.reduce((sum, [, cents, notes]) => sum + cents * notes, 0)
}

function sumOf(piles: readonly Pile[], unit: string): number {
  return piles.reduce((sum, pile) => sum + (pile[0] === unit ? pile[2] : 0), 0)
}

function divisor(values: readonly number[]): number {
  return values.reduce((one, other) => {
    let [left, right] = [one, other]
    while (right !== 0) [left, right] = [right, left % right]
    return left
  })
}
