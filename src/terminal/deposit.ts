import type { TerminalEvent } from './events.ts'
import type { AcceptorReport, CountedNotes, PlacedNotes } from './hardware.ts'
import type { DepositOutcome } from './journal.ts'
import { queueOutcome } from './link.ts'
import { decline, giveCardBack, toMenu } from './leaving.ts'
import { amountOf, areSameNotes } from './notes.ts'
import type { Run } from './run.ts'
import type { Screen } from './screens.ts'
import type { Activity, Session, Storing } from './state.ts'

export function acceptNotes(run: Run, session: Session): void {
  run.command({ device: 'acceptor', command: 'accept' })
  run.become({ at: 'counting', session })
  run.show({ screen: 'insert_notes' })
}

/** The notes are in the slot, and in no transaction yet. */
export function onNotesFed(
  run: Run,
  activity: Extract<Activity, { readonly at: 'counting' | 'counted' }>,
  event: TerminalEvent,
): void {
  const { session } = activity
  if (event.event === 'notes_counted') {
    run.become({ at: 'counted', session, counted: event.counted })
    run.show({ screen: 'confirm_deposit', counted: event.counted, amount: amountOf(event.counted) })
  } else if (event.event === 'acceptor_failed') {
    run.set({ acceptorFailure: event.failure })
    returnNotes(run, session, 'acceptor_failed')
  }
}

/** With a sequence, the outcome of that deposit is `returned` once the notes are out. */
export function returnNotes(run: Run, session: Session | undefined, reason: string, sequence?: number): void {
  run.command({ device: 'acceptor', command: 'return' })
  run.become({ at: 'returning', sequence, session, reason })
  run.show({ screen: 'take_notes', reason })
}

export function onReturning(
  run: Run,
  { session, reason, sequence }: Extract<Activity, { readonly at: 'returning' }>,
  event: TerminalEvent,
): void {
  if (event.event !== 'notes_returned' && event.event !== 'acceptor_failed') return
  if (event.event === 'acceptor_failed') run.set({ acceptorFailure: event.failure })
  const body: DepositOutcome =
    event.event === 'notes_returned'
      ? { outcome: 'returned' }
      : { outcome: 'unknown', failure: event.failure }
  if (sequence !== undefined) queueOutcome(run, { kind: 'deposit', sequence, body })
  if (session === undefined) run.become({ at: 'recovering' })
  else if (reason === 'cancelled') toMenu(run, session)
  else if (['done', 'session_ended'].includes(reason)) giveCardBack(run, session, reason)
  else decline(run, session, reason)
}

export function store(run: Run, storing: Storing): void {
  const { sequence } = storing
  run.journal({ entry: 'will_store', sequence })
  run.command({ device: 'acceptor', command: 'store', sequence })
  run.become({ at: 'storing', storing })
  run.show({ screen: 'please_wait', attempt: 1 })
}

/** Asks the acceptor where the notes are. */
export function checkAcceptor(run: Run, storing: Storing): void {
  run.command({ device: 'acceptor', command: 'report', sequence: storing.sequence })
  run.become({ at: 'checking_deposit', storing })
}

export function onStoring(
  run: Run,
  { at, storing }: Extract<Activity, { readonly storing: Storing }>,
  event: TerminalEvent,
): void {
  if ('sequence' in event && event.sequence !== storing.sequence) return
  if (event.event === 'notes_stored' && at === 'storing') stored(run, storing, event.stored)
  if (event.event === 'acceptor_report' && at === 'checking_deposit') onReport(run, storing, event.report)
  if (event.event === 'acceptor_failed') {
    run.set({ acceptorFailure: event.failure })
    if (at === 'storing') checkAcceptor(run, storing)
    else settle(run, storing, { outcome: 'unknown', failure: event.failure })
  }
}

/** After a power cut what was confirmed is stored: to give it back would leave it lying in the slot. */
function onReport(run: Run, storing: Storing, report: AcceptorReport): void {
  const { session, sequence, mayStore } = storing
  if (report.notes === 'stored') stored(run, storing, report.stored)
  else if (report.notes === 'none') settle(run, storing, { outcome: 'returned' })
  else if (report.notes === 'unknown') settle(run, storing, { outcome: 'unknown' })
  else if (mayStore && run.terminal.acceptorFailure === undefined) store(run, storing)
  else returnNotes(run, session, 'acceptor_failed', sequence)
}

function stored(run: Run, storing: Storing, notes: readonly PlacedNotes[]): void {
  const isAll = storing.mayStore && areSameNotes(notes, storing.counted)
  settle(
    run,
    storing,
    isAll ? { outcome: 'accepted', stored: notes } : { outcome: 'unknown', failure: 'other_notes_stored' },
  )
}

function settle(run: Run, { sequence, session, counted }: Storing, body: DepositOutcome): void {
  queueOutcome(run, { kind: 'deposit', sequence, body })
  const screen = screenOf(body, counted)
  run.become({ at: 'finishing', sequence, screen, session })
  run.show(screen)
  run.startTimer('finish', run.terminal.settings.finishSeconds)
}

function screenOf({ outcome }: DepositOutcome, counted: readonly CountedNotes[]): Screen {
  if (outcome === 'returned') return { screen: 'take_notes', reason: outcome }
  return { screen: outcome === 'accepted' ? 'deposited' : 'deposit_in_doubt', amount: amountOf(counted) }
}
