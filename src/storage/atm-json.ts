import type { Answer } from '../atm/answers.ts'
import type { NoteCount, UnitNotes } from '../atm/notes.ts'
import type { StepResult, TransactionStep } from '../atm/terminal-transactions.ts'
import { reasonFrom } from '../ledger/rejections.ts'
import { type Row, text, textOrUndefined } from './row-values.ts'

/** What engines store of the ATM as JSON text: cents are text, as JSON's numbers would round them. Readers throw on what no version has written. */

export function encodeNotes(notes: readonly NoteCount[]): string {
  return JSON.stringify(notes, (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value))
}

export function notesFrom(row: Row, column: string): readonly NoteCount[] {
  return listIn(row, column).map((each) => noteCountFrom(each, column))
}

export function unitNotesFrom(row: Row, column: string): readonly UnitNotes[] {
  return listIn(row, column).map((each) => {
    const { unit } = objectFrom(each, column)
    if (typeof unit !== 'string') throw unreadable(column)
    return { unit, ...noteCountFrom(each, column) }
  })
}

export function encodeStep(step: TransactionStep | undefined): string | null {
  return step === undefined ? null : JSON.stringify(step)
}

export function stepFrom(row: Row, column: string): TransactionStep | undefined {
  const stored = textOrUndefined(row, column)
  if (stored === undefined) return undefined
  const { atMs, request, result } = objectFrom(JSON.parse(stored), column)
  if (typeof atMs !== 'number') throw unreadable(column)
  return {
    atMs,
    request: objectFrom(request, column),
    result: resultFrom(objectFrom(result, column), column),
  }
}

function resultFrom({ status, answer, reason, details }: Answer, column: string): StepResult {
  if (status === 'answered') return { status, answer: objectFrom(answer, column) }
  if (status !== 'declined' || typeof reason !== 'string') throw unreadable(column)
  const known = reasonFrom(reason)
  return details === undefined
    ? { status, reason: known }
    : { status, reason: known, details: objectFrom(details, column) }
}

function listIn(row: Row, column: string): readonly unknown[] {
  const list: unknown = JSON.parse(text(row, column))
  if (Array.isArray(list)) return list
  throw unreadable(column)
}

function noteCountFrom(value: unknown, column: string): NoteCount {
  const { denomination, notes } = objectFrom(value, column)
  if (typeof denomination !== 'string' || typeof notes !== 'number') throw unreadable(column)
  return { denomination: BigInt(denomination), notes }
}

/** Of what JSON text holds, each object is an `Answer`. */
function objectFrom(value: unknown, column: string): Answer {
  if (isObject(value)) return value
  throw unreadable(column)
}

function isObject(value: unknown): value is Answer {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function unreadable(column: string): TypeError {
  return new TypeError(`the store holds what no version has written in column ${column}`)
}
