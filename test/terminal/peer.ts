import { planNotes } from '../../src/atm/note-plan.ts'
import { formatCents } from '../../src/money.ts'
import { type Answer, centsOf } from '../../src/terminal/answers.ts'
import type { PlacedNotes, UnitNotes } from '../../src/terminal/hardware.ts'
import type { Order, Outcome } from '../../src/terminal/journal.ts'
import { valueOf, withDenominations } from '../../src/terminal/notes.ts'
import type { Request, RequestBody } from '../../src/terminal/requests.ts'

type State =
  | 'declined'
  | 'authorized'
  | 'closed'
  | 'in_doubt'
  | 'settled'
  | 'accepted'
  | 'returned'
  | 'dispensed'
  | 'partly_dispensed'
  | 'not_dispensed'

export interface Transaction {
  readonly kind: Order['kind']
  /** Undefined when the outcome came first. */
  readonly order: string | undefined
  readonly answer: Answer | undefined
  readonly amount: bigint
  readonly plan: readonly PlacedNotes[]
  state: State
  /** The value given out or taken in, for good. */
  moved: bigint
  conflicts: number
}

type Decision = Pick<Transaction, 'amount' | 'plan' | 'state'> & { readonly answer: Answer }

/** What the protocol asks of the service, as far as a machine can see it: one terminal, one account. */
export class Peer {
  balance = 500_00n
  readonly transactions = new Map<number, Transaction>()
  readonly cassettes: Map<string, { denomination: bigint; notes: number }>
  readonly maxNotes = 10
  status = 'in_service'
  replays = 0
  #session: string | undefined
  #sessions = 0

  constructor(cassettes: ReadonlyMap<string, { readonly denomination: bigint; readonly notes: number }>) {
    this.cassettes = new Map([...cassettes].map(([unit, each]) => [unit, { ...each }]))
  }

  /** Handles one request as it arrives. It is handed the text that would be on the wire. */
  handle(request: Request): Answer {
    const { method, path, headers } = request
    if (headers['authorization'] !== 'Bearer secret') return problem(401, 'invalid_secret')
    const [, , , resource = '', sequence = '', outcome] = path.split('/')
    if (resource === '') return { status: 200, body: this.#view() }
    if (resource === 'sessions') return method === 'POST' ? this.#signIn(request) : this.#signOut()
    if (outcome === 'outcome') return this.#onOutcome(request, resource, Number(sequence))
    if (headers['card-session'] !== this.#session) return problem(401, 'session_ended')
    if (resource === 'account' && sequence === 'transactions')
      return { status: 200, body: { transactions: [] } }
    if (resource === 'account') return { status: 200, body: { balance: formatCents(this.balance) } }
    return this.#onOrder(request, resource, Number(sequence))
  }

  endSession(): void {
    this.#session = undefined
  }

  get nextSequence(): number {
    return Math.max(0, ...this.transactions.keys()) + 1
  }

  #view(): object {
    const unsettled = [...this.transactions].find(([, { state }]) => state === 'authorized')
    return {
      status: this.status,
      next_sequence: this.nextSequence,
      max_notes: this.maxNotes,
      units: [...this.cassettes].map(([unit, { denomination, notes }]) => ({
        unit,
        kind: 'cassette',
        denomination: formatCents(denomination),
        contents: [{ denomination: formatCents(denomination), notes }],
      })),
      unsettled:
        unsettled === undefined
          ? null
          : { sequence: unsettled[0], kind: unsettled[1].kind, state: 'authorized' },
    }
  }

  #signIn({ body }: Request): Answer {
    if (body === undefined || !('pin' in body) || body.pin !== '1001')
      return { status: 401, body: { code: 'wrong_pin', tries_left: 2 } }
    this.#sessions += 1
    this.#session = `session-${this.#sessions}`
    return { status: 201, body: { session: this.#session, account_number: '1001', name: null } }
  }

  #signOut(): Answer {
    this.#session = undefined
    return { status: 204, body: undefined }
  }

  #onOrder(request: Request, resource: string, sequence: number): Answer {
    const order = JSON.stringify([resource, request.body])
    const before = this.transactions.get(sequence)
    if (before?.order === order && before.answer !== undefined) {
      this.replays += 1
      return before.answer
    }
    if (before !== undefined && before.order === undefined) return problem(400, 'transaction_closed')
    if (before !== undefined) return problem(422, 'sequence_reused')
    const found = this.#authorize(request.body, sequence)
    const transaction = { kind: kindOf(resource), order, conflicts: 0, moved: 0n, ...found }
    this.transactions.set(sequence, transaction)
    return transaction.answer
  }

  #authorize(body: RequestBody | undefined, sequence: number): Decision {
    if (sequence < this.nextSequence) return declined('sequence_passed')
    if ([...this.transactions.values()].some(({ state }) => state === 'authorized'))
      return declined('terminal_has_unsettled')
    if (body !== undefined && 'counted' in body) return this.#authorizeDeposit(valueOf(body.counted))
    if (body === undefined || !('amount' in body)) return declined('invalid_body')
    const amount = centsOf(body.amount) ?? 0n
    if (amount > this.balance) return declined('insufficient_funds')
    return 'to' in body ? this.#transfer(amount) : this.#withdraw(amount, body.unavailable_units ?? [])
  }

  #authorizeDeposit(amount: bigint): Decision {
    const body = { state: 'authorized', amount: formatCents(amount) }
    return { amount, plan: [], state: 'authorized', answer: { status: 200, body } }
  }

  #transfer(amount: bigint): Decision {
    this.balance -= amount
    const body = { state: 'settled', balance: formatCents(this.balance) }
    return { amount, plan: [], state: 'settled', answer: { status: 200, body } }
  }

  #withdraw(amount: bigint, unavailable: readonly string[]): Decision {
    const plan = planNotes(amount, {
      units: [...this.cassettes].map(([unit, each]) => ({ unit, ...each })),
      unavailable: new Set(unavailable),
      maxNotes: this.maxNotes,
    })
    if (plan.status !== 'planned') return declined('amount_not_dispensable')
    const notes = plan.notes.map((each) => ({ ...each, denomination: formatCents(each.denomination) }))
    this.balance -= amount
    this.#moveNotes(notes, -1)
    const body = { state: 'authorized', plan: notes, dispense_within: 30, balance: formatCents(this.balance) }
    return { amount, plan: notes, state: 'authorized', answer: { status: 200, body } }
  }

  #onOutcome({ body }: Request, resource: string, sequence: number): Answer {
    if (body === undefined || !('outcome' in body)) return problem(422, 'invalid_body')
    const state = body.outcome
    const transaction = this.transactions.get(sequence)
    if (transaction === undefined) return this.#close(kindOf(resource), state, sequence)
    if (transaction.state === 'authorized' || transaction.state === 'in_doubt')
      this.#settle(transaction, body)
    else if (transaction.state !== state && !isNoContradiction(transaction.state, state))
      transaction.conflicts += 1
    else this.replays += 1
    const returned = formatCents(transaction.amount - transaction.moved)
    const balance = formatCents(this.balance)
    return { status: 200, body: { state: transaction.state, returned, balance } }
  }

  /** The outcome is here before the authorization. */
  #close(kind: Order['kind'], outcome: string, sequence: number): Answer {
    const state = ['not_dispensed', 'returned'].includes(outcome) ? 'closed' : 'in_doubt'
    const nothing = { amount: 0n, plan: [], moved: 0n, conflicts: 0, order: undefined, answer: undefined }
    this.transactions.set(sequence, { kind, state, ...nothing })
    return { status: 200, body: { state } }
  }

  #settle(transaction: Transaction, body: Outcome['body']): void {
    const { plan, amount } = transaction
    switch (body.outcome) {
      case 'unknown':
      case 'retracted':
        transaction.state = 'in_doubt'
        return
      case 'accepted':
        transaction.moved = valueOf('stored' in body ? (body.stored ?? []) : [])
        this.balance += transaction.moved
        break
      case 'dispensed':
        transaction.moved = amount
        break
      case 'partly_dispensed':
      case 'not_dispensed': {
        const presented = ('presented' in body ? body.presented : undefined) ?? []
        const rejected = ('rejected' in body ? body.rejected : undefined) ?? []
        transaction.moved = valueOf(withDenominations(presented, plan))
        this.balance += amount - transaction.moved
        this.#moveNotes(plan, 1)
        this.#moveNotes([...presented, ...rejected], -1)
        break
      }
      case 'returned':
        break
    }
    transaction.state = body.outcome
  }

  #moveNotes(notes: readonly UnitNotes[], sign: 1 | -1): void {
    for (const { unit, notes: count } of notes) {
      const cassette = this.cassettes.get(unit)
      if (cassette !== undefined) cassette.notes += sign * count
    }
  }
}

function kindOf(resource: string): Order['kind'] {
  if (resource === 'deposits') return 'deposit'
  return resource === 'transfers' ? 'transfer' : 'withdrawal'
}

/** Nothing is said against a transaction that moved nothing by an outcome that nothing moved, nor by doubt. */
function isNoContradiction(state: State, outcome: string): boolean {
  if (outcome === 'unknown' || outcome === 'retracted') return true
  const isNothing = ['closed', 'declined', 'not_dispensed', 'returned'].includes(state)
  return isNothing && ['not_dispensed', 'returned'].includes(outcome)
}

function declined(code: string): Decision {
  return { amount: 0n, plan: [], state: 'declined', answer: problem(400, code) }
}

function problem(status: number, code: string): Answer {
  return { status, body: { status, code } }
}
