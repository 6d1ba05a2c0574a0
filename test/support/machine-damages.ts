import type { Command } from '../../src/state-machine/commands.ts'
import type { Store } from '../../src/storage/store.ts'
import {
  CARD,
  deposit,
  depositReported,
  exchangeOf,
  reported,
  SESSION,
  TERMINAL,
  UNITS,
  withdrawal,
} from '../atm/bank.ts'

const status = (to: 'in_service' | 'exchange'): Command => ({
  kind: 'change_terminal',
  terminal: TERMINAL,
  status: to,
})

/** A withdrawal of each end, a deposit, a transfer, a count that finds a note missing, and one withdrawal that waits. */
const commands: readonly Command[] = [
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
  status('in_service'),
  { kind: 'create_card', card: CARD, account: '1001', pinHash: 'hash', isDemo: false },
  { kind: 'count_pin_try', terminal: TERMINAL, card: CARD },
  { kind: 'open_session', terminal: TERMINAL, card: CARD, pinHash: 'hash', digest: SESSION.digest },
  withdrawal(2),
  reported(2, 'dispensed'),
  withdrawal(3),
  reported(3, 'partly_dispensed', [{ unit: 'c20', notes: 2 }], [{ unit: 'c20', notes: 1 }]),
  withdrawal(4),
  reported(4, 'retracted'),
  deposit(5),
  depositReported(5, 'accepted', 3),
  {
    kind: 'machine_transfer',
    terminal: TERMINAL,
    sequence: 6,
    session: SESSION,
    to: '1002',
    amount: 5_00n,
  },
  status('exchange'),
  { kind: 'count', terminal: TERMINAL, sequence: 7, counted: [{ unit: 'c10', notes: 99 }] },
  status('in_service'),
  withdrawal(8),
]

export async function fillWithMachines(store: Store): Promise<void> {
  for (const command of commands) {
    const [outcome] = await store.commit([command])
    if (outcome?.status === 'rejected') throw new Error(`${command.kind} was rejected: ${outcome.reason}`)
  }
}

export interface MachineDamage {
  readonly what: string
  readonly sql: string
  /** What the report must say. */
  readonly named: RegExp
}

const ofRow = (sequence: number): string => `terminal_id = '${TERMINAL}' AND sequence = ${sequence}`
const cashAccount = 'SELECT cash_account_id FROM terminals'

/** What contradicts the rest of the books. */
export const machineDamages: readonly MachineDamage[] = [
  {
    what: 'the notes in a unit',
    sql: `UPDATE cash_units SET contents = replace(contents, '"notes":', '"notes":1') WHERE unit = 'c10'`,
    named: /holds 199 notes of 1000 cents in unit c10, where its note moves add up to 99/,
  },
  {
    what: 'a unit, which is gone',
    sql: `DELETE FROM cash_units WHERE unit = 'c50'`,
    named: /holds 0 notes of 5000 cents in unit c50, where its note moves add up to 100/,
  },
  {
    what: 'how many notes moved',
    sql: `UPDATE note_moves SET notes = notes + 1 WHERE ${ofRow(2)}`,
    named: /transaction 2 of terminal lobby moved -8000 cents in notes and -6000 in money/,
  },
  {
    what: 'where notes came from',
    sql: `UPDATE note_moves SET from_unit = 'c50' WHERE ${ofRow(2)}`,
    named: /of 2000 cents in unit c50/,
  },
  {
    what: 'where notes went to',
    sql: `UPDATE note_moves SET to_outside = NULL, to_unit = 'reject' WHERE ${ofRow(2)}`,
    named: /transaction 2 of terminal lobby moved 0 cents in notes and -6000 in money/,
  },
  {
    what: 'the denomination of notes that moved',
    sql: `UPDATE note_moves SET denomination = 1000 WHERE ${ofRow(2)}`,
    named: /transaction 2 of terminal lobby moved -3000 cents in notes/,
  },
  {
    what: 'which transaction notes moved for',
    sql: `UPDATE note_moves SET sequence = 3 WHERE ${ofRow(2)}`,
    named: /transaction 2 of terminal lobby moved 0 cents in notes/,
  },
  {
    what: 'a note move, which is gone',
    sql: `DELETE FROM note_moves WHERE ${ofRow(2)}`,
    named: /transaction 2 of terminal lobby moved 0 cents in notes/,
  },
  {
    what: 'the state of a transaction',
    sql: `UPDATE terminal_transactions SET state = 4 WHERE ${ofRow(2)}`,
    named: /transaction 2 of terminal lobby is not_dispensed, where it gave 6000 of 6000 cents/,
  },
  {
    what: 'a transaction that waits beside another',
    sql: `UPDATE terminal_transactions SET state = 1 WHERE ${ofRow(4)}`,
    named: /terminal lobby waits for the outcome of 8, where 4, 8 are authorized/,
  },
  {
    what: 'the kind of a transaction',
    sql: `UPDATE terminal_transactions SET kind = 1 WHERE ${ofRow(2)}`,
    named: /transaction 2 of terminal lobby is a deposit, and posting \d+ is none of its own/,
  },
  {
    what: 'the amount of a transaction',
    sql: `UPDATE terminal_transactions SET amount = amount + 1 WHERE ${ofRow(2)}`,
    named: /transaction 2 of terminal lobby names posting \d+, which does not pay for its notes/,
  },
  {
    what: 'the plan of a transaction',
    sql: `UPDATE terminal_transactions SET plan = replace(plan, '"notes":3', '"notes":2') WHERE ${ofRow(2)}`,
    named: /transaction 2 of terminal lobby names posting \d+, which does not pay for its notes/,
  },
  {
    what: 'the account of a transaction',
    sql: `UPDATE terminal_transactions SET account_id = (SELECT id FROM accounts WHERE number = '1002') WHERE ${ofRow(2)}`,
    named: /transaction 2 of terminal lobby names posting \d+, which does not pay for its notes/,
  },
  {
    what: 'the posting of a transaction',
    sql: `UPDATE terminal_transactions SET posting_id = 999 WHERE ${ofRow(5)}`,
    named: /transaction 5 of terminal lobby names posting 999, which does not exist/,
  },
  {
    what: 'a transaction, which is gone',
    sql: `DELETE FROM terminal_transactions WHERE ${ofRow(3)}`,
    named: /posting \d+ belongs to no transaction of its machine/,
  },
  {
    what: 'the newest transaction, which is gone',
    sql: `DELETE FROM terminal_transactions WHERE ${ofRow(8)}`,
    named: /terminal lobby has used sequence 8, where its journal ends at 7/,
  },
  {
    what: 'the terminal of a transaction',
    sql: `UPDATE terminal_transactions SET terminal_id = 'annex' WHERE ${ofRow(2)}`,
    named: /transaction 2 of terminal annex is of no terminal that exists/,
  },
  {
    what: 'what a count was answered',
    sql: `UPDATE terminal_transactions SET request = replace(request, '-10.00', '-20.00') WHERE ${ofRow(7)}`,
    named: /terminal lobby is over by -1000 cents, where counts and resolutions say -2000/,
  },
  {
    what: 'the transaction that a posting belongs to',
    sql: `UPDATE terminal_postings SET sequence = 3 WHERE ${ofRow(2)}`,
    named: /transaction 2 of terminal lobby moved -6000 cents in notes and 0 in money/,
  },
  {
    what: 'that a posting belongs to a transaction',
    sql: `DELETE FROM terminal_postings WHERE ${ofRow(2)}`,
    named: /posting \d+ belongs to no transaction of its machine/,
  },
  {
    what: 'a terminal, which is gone',
    sql: 'DELETE FROM terminals',
    named: /transaction 2 of terminal lobby is of no terminal that exists/,
  },
  {
    what: 'which accounts are those of a terminal',
    sql: 'UPDATE terminals SET cash_account_id = over_short_account_id, over_short_account_id = cash_account_id',
    named: /terminal lobby holds notes of \d+ cents, where its cash account says/,
  },
  {
    what: 'how far a terminal has come',
    sql: 'UPDATE terminals SET latest_sequence = 7',
    named: /terminal lobby has used sequence 7, where its journal ends at 8/,
  },
  {
    what: 'what a terminal waits for',
    sql: 'UPDATE terminals SET unsettled_sequence = NULL',
    named: /terminal lobby waits for the outcome of none, where 8 are authorized/,
  },
  {
    what: 'the balance of a machine, and a drawer with it so that the sum is zero still',
    sql: `UPDATE accounts SET balance = balance - 1 WHERE id = (${cashAccount});
      UPDATE accounts SET balance = balance + 1 WHERE id = 1`,
    named: /account \d+ of the bank's own holds/,
  },
  {
    what: 'the amount of a posting on the account of a machine',
    sql: `UPDATE postings SET amount = amount + 100
      WHERE id = (SELECT posting_id FROM terminal_transactions WHERE ${ofRow(2)})`,
    named: /transaction 2 of terminal lobby moved -6000 cents in notes and -6100 in money/,
  },
]

const altered = (table: string): RegExp => new RegExp(`row \\d+ of ${table} is not as it was written`)

/** What contradicts nothing, and is found by the checksum of its row. */
export const lonelyDamages: readonly MachineDamage[] = [
  ['cards', 'tries_left = tries_left - 1'],
  ['cards', "pin_hash = 'other'"],
  ['cards', "account_id = (SELECT id FROM accounts WHERE number = '1002')"],
  ['cards', 'session_until_ms = session_until_ms + 1'],
  ['cards', "session_digest = x'00'"],
  ['cards', 'status = 1'],
  ['cards', 'is_demo = 1'],
  ['terminals', "secret_digest = x'00'"],
  ['terminals', 'max_notes = 1'],
  ['terminals', 'status = 1'],
  ['cash_units', 'capacity = capacity + 1'],
  ['terminal_transactions', 'at_ms = at_ms + 1'],
  ['terminal_transactions', "card_number = '9000000000010026'"],
  [
    'terminal_transactions',
    "outcome = replace(outcome, 'retracted', 'unknown') WHERE outcome LIKE '%retracted%'",
  ],
  ['note_moves', 'posting_id = posting_id + 1'],
  ['terminal_postings', 'checksum = checksum + 1'],
].map(([table = '', change = '']) => ({
  what: `a row of ${table}: ${change}`,
  sql: `UPDATE ${table} SET ${change}`,
  named: altered(table),
}))
