import assert from 'node:assert/strict'
import type { Answer } from '../../src/atm/answers.ts'
import type { ReportDeposit } from '../../src/atm/commands/report-deposit.ts'
import type { ReportWithdrawal } from '../../src/atm/commands/report-withdrawal.ts'
import type { ReportedNotes } from '../../src/atm/commands/reported-notes.ts'
import { cashIn } from '../../src/atm/terminals.ts'
import type { TerminalTransaction } from '../../src/atm/terminal-transactions.ts'
import type { Terminal } from '../../src/atm/terminals.ts'
import { plainTerms, type Terms } from '../../src/ledger/terms.ts'
import { formatCents } from '../../src/money.ts'
import type { Command } from '../../src/state-machine/commands.ts'
import type { Outcome } from '../../src/state-machine/outcomes.ts'
import { PlainStore } from '../ledger/plain-store.ts'

export const CARD = '9000000000010018'
export const SESSION = { digest: 'session of 1001', card: CARD }
export const TERMINAL = 'lobby'

/** Units as a machine has them: three cassettes, and one of each other kind. */
export const UNITS = [
  { unit: 'c10', kind: 'cassette', denomination: 10_00n, capacity: 2_000 },
  { unit: 'c20', kind: 'cassette', denomination: 20_00n, capacity: 2_000 },
  { unit: 'c50', kind: 'cassette', denomination: 50_00n, capacity: 2_000 },
  { unit: 'in', kind: 'cash_in', denomination: undefined, capacity: 10 },
  { unit: 'reject', kind: 'reject', denomination: undefined, capacity: 200 },
  { unit: 'retract', kind: 'retract', denomination: undefined, capacity: 200 },
] as const

/** A bank in plain memory. After each command all is audited: the notes in the machines are their cash, to the cent. */
export class Bank {
  readonly store: PlainStore
  nowMs = 1_000_000

  constructor(terms: Terms = plainTerms(600_000)) {
    this.store = new PlainStore(terms, () => this.nowMs)
  }

  async send(command: Command): Promise<Outcome> {
    const [outcome] = await this.store.commit([command])
    assert.ok(outcome !== undefined)
    await this.assertExact()
    return outcome
  }

  async assertExact(): Promise<void> {
    const { firstDifferences } = await this.store.verify()
    assert.deepEqual(firstDifferences, [])
    assert.equal(this.store.total, 0n)
  }

  /** The answer, or the reason of a rejection. */
  async ask(command: Command): Promise<Answer | string> {
    const outcome = await this.send(command)
    if (outcome.status === 'answered') return outcome.answer
    assert.equal(outcome.status, 'rejected')
    return outcome.status === 'rejected' ? outcome.reason : ''
  }

  get terminal(): Terminal {
    const terminal = this.store.machines.terminals.get(TERMINAL)
    assert.ok(terminal !== undefined)
    return terminal
  }

  row(sequence: number): TerminalTransaction {
    const row = this.store.machines.rows.get(`${TERMINAL}/${sequence}`)
    assert.ok(row !== undefined)
    return row
  }

  /** The balance of account 1001, and the cash in the machine. */
  async figures(): Promise<readonly [account: string, machine: string]> {
    const [account] = await this.store.reads.accounts(['1001'])
    return [formatCents(account?.balance ?? 0n), formatCents(cashIn(this.terminal))]
  }

  notesIn(unit: string): number {
    const found = this.terminal.units.find((each) => each.unit === unit)
    return (found?.contents ?? []).reduce((sum, { notes }) => sum + notes, 0)
  }

  overShort(): string {
    return formatCents(this.store.balanceOf(this.terminal.overShortAccountId))
  }
}

/** The bank of the examples: account 1001 has 500.00, the machine 8,000.00, and its holder has signed in. */
export async function openBank(terms?: Terms): Promise<Bank> {
  const bank = new Bank(terms)
  const setUp: readonly Command[] = [
    { kind: 'open', account: '1001', openingBalance: 500_00n },
    { kind: 'open', account: '1002', openingBalance: 0n },
    {
      kind: 'create_terminal',
      terminal: TERMINAL,
      name: 'Lobby',
      maxNotes: 40,
      secretDigest: 'secret',
      isDemo: false,
      units: UNITS,
    },
    exchangeOf(
      1,
      ['c10', 'c20', 'c50'].map((unit) => ({ unit, notes: 100 })),
    ),
    { kind: 'change_terminal', terminal: TERMINAL, status: 'in_service' },
    { kind: 'create_card', card: CARD, account: '1001', pinHash: 'hash', isDemo: false },
  ]
  for (const command of setUp) await bank.send(command)
  await signIn(bank)
  return bank
}

export async function signIn(bank: Bank): Promise<void> {
  await bank.send({ kind: 'count_pin_try', terminal: TERMINAL, card: CARD })
  const { digest } = SESSION
  await bank.send({ kind: 'open_session', terminal: TERMINAL, card: CARD, pinHash: 'hash', digest })
}

export function exchangeOf(
  sequence: number,
  putIn: readonly ReportedNotes[],
  takenOut: readonly ReportedNotes[] = [],
): Command {
  return { kind: 'exchange', terminal: TERMINAL, sequence, putIn, takenOut }
}

export function withdrawal(sequence: number, amount = 60_00n): Command {
  return {
    kind: 'authorize_withdrawal',
    terminal: TERMINAL,
    sequence,
    session: SESSION,
    amount,
    mix: 'fewest',
    unavailableUnits: amount === 60_00n ? ['c50', 'c10'] : [],
  }
}

export function reported(
  sequence: number,
  outcome: ReportWithdrawal['outcome'],
  presented: readonly ReportedNotes[] = [],
  rejected: readonly ReportedNotes[] = [],
): Command {
  return { kind: 'report_withdrawal', terminal: TERMINAL, sequence, outcome, presented, rejected }
}

export function deposit(sequence: number, notes = 3): Command {
  const counted = [{ denomination: 20_00n, notes }]
  return { kind: 'authorize_deposit', terminal: TERMINAL, sequence, session: SESSION, counted }
}

export function depositReported(sequence: number, outcome: ReportDeposit['outcome'], notes = 0): Command {
  const stored = notes === 0 ? [] : [{ unit: 'in', denomination: 20_00n, notes }]
  return { kind: 'report_deposit', terminal: TERMINAL, sequence, outcome, stored }
}

function twenties(notes: number) {
  return notes === 0 ? [] : [{ denomination: 20_00n, notes }]
}

/** Of 20s: how many were given to the customer, and found in the machine. */
export function resolution(
  sequence: number,
  given: number,
  found: number,
  of: 'withdrawal' | 'deposit' = 'withdrawal',
): Command {
  return {
    kind: 'resolve',
    terminal: TERMINAL,
    sequence,
    of,
    given: twenties(given),
    found: twenties(found),
    operator: 'ann',
  }
}
