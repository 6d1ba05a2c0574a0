import { type Card, cardStatuses } from '../atm/cards.ts'
import { type CashUnit, cashUnitKinds } from '../atm/cash-units.ts'
import { type Terminal, terminalStatuses } from '../atm/terminals.ts'
import { encodeNotes, notesFrom } from './atm-json.ts'
import {
  bytes,
  integerOrUndefined,
  number,
  numberOrUndefined,
  type Row,
  type StoredValue,
  text,
  textOrUndefined,
  word,
} from './row-values.ts'

/**
 * What every engine stores of cards and cash machines: for each table its columns, the values of a row in their order,
 * and how a row is read. Words are stored as their places in their lists.
 */

export const CARD_COLUMNS = [
  'number',
  'account_id',
  'status',
  'pin_hash',
  'tries_left',
  'session_digest',
  'session_terminal_id',
  'session_until_ms',
  'is_demo',
] as const

export function valuesOfCard(card: Card): readonly StoredValue[] {
  const { number: cardNumber, accountId, status, pinHash, triesLeft, session, isDemo } = card
  return [
    cardNumber,
    accountId,
    cardStatuses.indexOf(status),
    pinHash,
    triesLeft,
    session === undefined ? null : digestBytes(session.digest),
    session?.terminalId ?? null,
    session?.untilMs ?? null,
    Number(isDemo),
  ]
}

/** Reads `CARD_COLUMNS`, and `account_number`. */
export function cardFrom(row: Row): Card {
  const terminalId = textOrUndefined(row, 'session_terminal_id')
  return {
    number: text(row, 'number'),
    accountId: number(row, 'account_id'),
    accountNumber: text(row, 'account_number'),
    status: word(row, 'status', cardStatuses),
    pinHash: text(row, 'pin_hash'),
    triesLeft: number(row, 'tries_left'),
    session:
      terminalId === undefined
        ? undefined
        : { digest: digestIn(row, 'session_digest'), terminalId, untilMs: number(row, 'session_until_ms') },
    isDemo: number(row, 'is_demo') === 1,
  }
}

export const TERMINAL_COLUMNS = [
  'terminal_id',
  'name',
  'status',
  'secret_digest',
  'max_notes',
  'latest_sequence',
  'unsettled_sequence',
  'is_demo',
  'cash_account_id',
  'over_short_account_id',
] as const

export function valuesOfTerminal(terminal: Terminal): readonly StoredValue[] {
  return [
    terminal.id,
    terminal.name,
    terminalStatuses.indexOf(terminal.status),
    digestBytes(terminal.secretDigest),
    terminal.maxNotes,
    terminal.latestSequence,
    terminal.unsettledSequence ?? null,
    Number(terminal.isDemo),
    terminal.cashAccountId,
    terminal.overShortAccountId,
  ]
}

/** Reads `TERMINAL_COLUMNS`. */
export function terminalFrom(row: Row, units: readonly CashUnit[]): Terminal {
  return {
    id: text(row, 'terminal_id'),
    name: text(row, 'name'),
    status: word(row, 'status', terminalStatuses),
    secretDigest: digestIn(row, 'secret_digest'),
    maxNotes: number(row, 'max_notes'),
    latestSequence: number(row, 'latest_sequence'),
    unsettledSequence: numberOrUndefined(row, 'unsettled_sequence'),
    isDemo: number(row, 'is_demo') === 1,
    cashAccountId: number(row, 'cash_account_id'),
    overShortAccountId: number(row, 'over_short_account_id'),
    units,
  }
}

/** `place` is that of the unit among those of its terminal, from 0 on. */
export const CASH_UNIT_COLUMNS = [
  'terminal_id',
  'place',
  'unit',
  'kind',
  'denomination',
  'capacity',
  'contents',
] as const

export function valuesOfUnit({ id }: Terminal, place: number, unit: CashUnit): readonly StoredValue[] {
  const { kind, denomination, capacity, contents } = unit
  return [
    id,
    place,
    unit.unit,
    cashUnitKinds.indexOf(kind),
    denomination ?? null,
    capacity,
    encodeNotes(contents),
  ]
}

/** Reads `CASH_UNIT_COLUMNS`. */
export function cashUnitFrom(row: Row): CashUnit {
  return {
    unit: text(row, 'unit'),
    kind: word(row, 'kind', cashUnitKinds),
    denomination: integerOrUndefined(row, 'denomination'),
    capacity: number(row, 'capacity'),
    contents: notesFrom(row, 'contents'),
  }
}

/** Digests are held with one byte a character, and stored as bytes. */
export function digestBytes(digest: string): Buffer {
  return Buffer.from(digest, 'latin1')
}

function digestIn(row: Row, column: string): string {
  return bytes(row, column).toString('latin1')
}
