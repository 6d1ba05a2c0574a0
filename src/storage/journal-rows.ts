import { dateOf, type TransactionTotal } from '../atm/stored.ts'
import {
  type NoteMove,
  type NotePlace,
  outsidePlaces,
  type TerminalPosting,
  type TerminalTransaction,
  transactionKinds,
  transactionStates,
} from '../atm/terminal-transactions.ts'
import { encodeNotes, encodeStep, stepFrom, unitNotesFrom } from './atm-json.ts'
import {
  integer,
  integerOrUndefined,
  number,
  numberOrUndefined,
  type Row,
  type StoredValue,
  text,
  textOrUndefined,
  word,
} from './row-values.ts'

/** What every engine stores of the journals of cash machines, in the way of `machine-rows.ts`. */

/** `at_ms` is what `dateOf` says. */
export const TRANSACTION_COLUMNS = [
  'terminal_id',
  'sequence',
  'at_ms',
  'kind',
  'state',
  'card_number',
  'account_id',
  'amount',
  'plan',
  'posting_id',
  'request',
  'outcome',
  'resolution',
  'conflict',
] as const

export function valuesOfTransaction(row: TerminalTransaction): readonly StoredValue[] {
  return [
    row.terminalId,
    row.sequence,
    dateOf(row),
    transactionKinds.indexOf(row.kind),
    transactionStates.indexOf(row.state),
    row.cardNumber ?? null,
    row.accountId ?? null,
    row.amount ?? null,
    encodeNotes(row.plan),
    row.postingId ?? null,
    encodeStep(row.request),
    encodeStep(row.outcome),
    encodeStep(row.resolution),
    encodeStep(row.conflict),
  ]
}

/** Reads `TRANSACTION_COLUMNS`. */
export function transactionFrom(row: Row): TerminalTransaction {
  return {
    terminalId: text(row, 'terminal_id'),
    sequence: number(row, 'sequence'),
    kind: word(row, 'kind', transactionKinds),
    state: word(row, 'state', transactionStates),
    cardNumber: textOrUndefined(row, 'card_number'),
    accountId: numberOrUndefined(row, 'account_id'),
    amount: integerOrUndefined(row, 'amount'),
    plan: unitNotesFrom(row, 'plan'),
    postingId: numberOrUndefined(row, 'posting_id'),
    request: stepFrom(row, 'request'),
    outcome: stepFrom(row, 'outcome'),
    resolution: stepFrom(row, 'resolution'),
    conflict: stepFrom(row, 'conflict'),
  }
}

/** A place is a unit's name, or that of a place outside in `outsidePlaces`. */
export const NOTE_MOVE_COLUMNS = [
  'terminal_id',
  'sequence',
  'from_unit',
  'from_outside',
  'to_unit',
  'to_outside',
  'denomination',
  'notes',
  'posting_id',
] as const

export function valuesOfMove(move: NoteMove): readonly StoredValue[] {
  const { terminalId, sequence, from, to, denomination, notes, postingId } = move
  return [
    terminalId,
    sequence,
    ...valuesOfPlace(from),
    ...valuesOfPlace(to),
    denomination,
    notes,
    postingId ?? null,
  ]
}

/** Reads `NOTE_MOVE_COLUMNS`. */
export function noteMoveFrom(row: Row): NoteMove {
  return {
    terminalId: text(row, 'terminal_id'),
    sequence: number(row, 'sequence'),
    from: placeFrom(row, 'from_unit', 'from_outside'),
    to: placeFrom(row, 'to_unit', 'to_outside'),
    denomination: integer(row, 'denomination'),
    notes: number(row, 'notes'),
    postingId: numberOrUndefined(row, 'posting_id'),
  }
}

export const TERMINAL_POSTING_COLUMNS = ['terminal_id', 'sequence', 'posting_id'] as const

export function valuesOfTerminalPosting(posting: TerminalPosting): readonly StoredValue[] {
  return [posting.terminalId, posting.sequence, posting.postingId]
}

/** Sums of cents may take more than 64 bits, so they are summed in two parts. */
export const TOTAL_COLUMNS = `kind, state, count(*) AS count,
  coalesce(sum(amount / 1000000000), 0) AS billions, coalesce(sum(amount % 1000000000), 0) AS rest`

/** Reads `TOTAL_COLUMNS`. */
export function totalFrom(row: Row): TransactionTotal {
  return {
    kind: word(row, 'kind', transactionKinds),
    state: word(row, 'state', transactionStates),
    count: number(row, 'count'),
    amount: integer(row, 'billions') * 1_000_000_000n + integer(row, 'rest'),
  }
}

/** Which rows of a journal still wait for an outcome or a resolution, in SQL; see `isOpen`. */
export const IS_OPEN = `state IN (${transactionStates.indexOf('authorized')}, ${transactionStates.indexOf('in_doubt')})`

function valuesOfPlace(place: NotePlace): readonly [string | null, number | null] {
  return typeof place === 'string' ? [null, outsidePlaces.indexOf(place)] : [place.unit, null]
}

function placeFrom(row: Row, unitColumn: string, outsideColumn: string): NotePlace {
  const unit = textOrUndefined(row, unitColumn)
  return unit === undefined ? word(row, outsideColumn, outsidePlaces) : { unit }
}
