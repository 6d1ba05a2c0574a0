import { parseMoney } from '../money.ts'
import type { PlacedNotes } from './hardware.ts'

/** What came back. A body that is no JSON is undefined. */
export interface Answer {
  readonly status: number
  readonly body: unknown
  /** Seconds, from `Retry-After`. */
  readonly retryAfter?: number
}

/** What the service knows of this machine. */
export interface TerminalView {
  readonly status: string
  readonly nextSequence: number
  readonly maxNotes: number
  /** What can be paid out, by unit. */
  readonly notes: readonly { readonly unit: string; readonly denomination: bigint; readonly notes: number }[]
  readonly unsettled: { readonly sequence: number; readonly kind: string; readonly state: string } | undefined
}

export interface Authorized {
  readonly plan: readonly PlacedNotes[]
  readonly dispenseWithin: number
}

type Body = Readonly<Record<string, unknown>>

/** Undefined when the body is not what the service sends: something between may have answered in its place. */
export function readTerminal(body: unknown): TerminalView | undefined {
  if (!isBody(body)) return undefined
  const { status, next_sequence: nextSequence, max_notes: maxNotes, units, unsettled } = body
  if (typeof status !== 'string' || typeof nextSequence !== 'number') return undefined
  if (typeof maxNotes !== 'number' || !Array.isArray(units)) return undefined
  return {
    status,
    nextSequence,
    maxNotes,
    notes: units.flatMap(readUnit),
    unsettled: readUnsettled(unsettled),
  }
}

/** The notes of a unit that pays out, as a list of one, or an empty one. */
function readUnit(value: unknown): TerminalView['notes'] {
  if (!isBody(value) || !Array.isArray(value['contents'])) return []
  const { unit, kind, denomination, contents } = value
  const cents = centsOf(denomination)
  if (typeof unit !== 'string' || cents === undefined) return []
  if (kind !== 'cassette' && kind !== 'recycler') return []
  let notes = 0
  for (const each of contents) {
    if (isBody(each) && typeof each['notes'] === 'number') notes += each['notes']
  }
  return [{ unit, denomination: cents, notes }]
}

function readUnsettled(value: unknown): TerminalView['unsettled'] {
  if (!isBody(value)) return undefined
  const { sequence, kind, state } = value
  if (typeof sequence !== 'number' || typeof kind !== 'string' || typeof state !== 'string') return undefined
  return { sequence, kind, state }
}

export function readAuthorized(body: unknown): Authorized | undefined {
  if (!isBody(body) || body['state'] !== 'authorized') return undefined
  const { plan, dispense_within: within } = body
  const planned: PlacedNotes[] = []
  for (const each of Array.isArray(plan) ? plan : []) {
    if (!isBody(each)) return undefined
    const { unit, denomination, notes } = each
    if (typeof unit !== 'string' || typeof denomination !== 'string' || typeof notes !== 'number')
      return undefined
    planned.push({ unit, denomination, notes })
  }
  return { plan: planned, dispenseWithin: typeof within === 'number' ? within : Number.POSITIVE_INFINITY }
}

/** A member that is a text. */
export function textIn(body: unknown, member: string): string | undefined {
  const value = isBody(body) ? body[member] : undefined
  return typeof value === 'string' ? value : undefined
}

export function numberIn(body: unknown, member: string): number | undefined {
  const value = isBody(body) ? body[member] : undefined
  return typeof value === 'number' ? value : undefined
}

export function listIn(body: unknown, member: string): readonly unknown[] | undefined {
  const value = isBody(body) ? body[member] : undefined
  return Array.isArray(value) ? value : undefined
}

/**
 * The code of a refusal that stands forever under its sequence, or undefined: the service may then have done
 * something, or may yet.
 */
export function declineCode({ status, body }: Answer): string | undefined {
  const code = textIn(body, 'code')
  if (status === 400 && code !== 'malformed_request') return code
  return status === 422 && code === 'sequence_reused' ? code : undefined
}

/** Money on the wire as cents. */
export function centsOf(value: unknown): bigint | undefined {
  if (typeof value !== 'string') return undefined
  const parsed = parseMoney('amount', value)
  return 'cents' in parsed ? parsed.cents : undefined
}

function isBody(value: unknown): value is Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
