import { parseMoney } from '../../money.ts'
import type { Answer, AnswerValue } from '../answers.ts'
import type { NoteCount } from '../notes.ts'
import type { TransactionStep } from '../terminal-transactions.ts'

/** Cents that the step's answer shows under the name; 0 where it has no such member. */
export function centsIn(step: TransactionStep | undefined, name: string): bigint {
  const value = step?.result.status === 'answered' ? step.result.answer[name] : undefined
  return centsOf(value) ?? 0n
}

/** The notes that a request lists under the name. */
export function notesIn(request: Answer, name: string): readonly NoteCount[] {
  const value = request[name]
  if (!Array.isArray(value)) return []
  return value.flatMap((each: AnswerValue) => {
    if (typeof each !== 'object' || each === null || !('notes' in each)) return []
    const denomination = centsOf(each['denomination'])
    const { notes } = each
    return denomination === undefined || typeof notes !== 'number' ? [] : [{ denomination, notes }]
  })
}

/** Money as stored answers have it: it may be negative. */
function centsOf(value: AnswerValue | undefined): bigint | undefined {
  if (typeof value !== 'string') return undefined
  const isNegative = value.startsWith('-')
  const parsed = parseMoney('amount', isNegative ? value.slice(1) : value)
  if (!('cents' in parsed)) return undefined
  return isNegative ? -parsed.cents : parsed.cents
}
