import type { TerminalEvent } from './events.ts'
import type { DispenserReport, UnitNotes } from './hardware.ts'
import type { WithdrawalOutcome } from './journal.ts'
import { queueOutcome } from './link.ts'
import { amountOf, compareNotes, shortUnits, withDenominations } from './notes.ts'
import type { Run } from './run.ts'
import type { Screen } from './screens.ts'
import type { Activity, Dispensing } from './state.ts'

type Stage = Extract<Activity, { readonly dispensing: Dispensing; readonly at: string }>

const dispenserEvents = [
  'notes_stacked',
  'notes_presented',
  'notes_taken',
  'notes_retracted',
  'notes_rejected',
  'dispenser_failed',
  'dispenser_report',
] as const

type DispenserEvent = Extract<TerminalEvent, { readonly event: (typeof dispenserEvents)[number] }>

const outcomeScreens = {
  dispensed: 'dispensed',
  partly_dispensed: 'partly_dispensed',
  not_dispensed: 'not_dispensed',
  unknown: 'in_doubt',
  retracted: 'in_doubt',
} as const

export function dispense(run: Run, dispensing: Dispensing): void {
  const { sequence, plan } = dispensing
  run.journal({ entry: 'will_dispense', sequence })
  run.command({ device: 'dispenser', command: 'stack', sequence, plan })
  run.become({ at: 'stacking', dispensing })
  run.show({ screen: 'counting_notes', amount: dispensing.amount })
}

/** Asks the dispenser what became of the notes. */
export function checkDispenser(run: Run, dispensing: Dispensing): void {
  run.command({ device: 'dispenser', command: 'report', sequence: dispensing.sequence })
  run.become({ at: 'checking', dispensing })
}

/** The machine will not dispense, or could not: nothing was offered. */
export function notDispensed(run: Run, dispensing: Dispensing): void {
  settle(run, dispensing, { outcome: 'not_dispensed', ...evidence([], dispensing.rejected) })
}

export function onDispensing(run: Run, stage: Stage, event: TerminalEvent): void {
  const { at, dispensing } = stage
  if (event.event === 'timer') {
    if (at === 'presented' && event.timer === 'take') retract(run, dispensing)
  } else if (isDispenserEvent(event) && event.sequence === dispensing.sequence) {
    onDispenserEvent(run, stage, event)
  }
}

function isDispenserEvent(event: TerminalEvent): event is DispenserEvent {
  const events: readonly string[] = dispenserEvents
  return events.includes(event.event)
}

function onDispenserEvent(run: Run, stage: Stage, event: DispenserEvent): void {
  const { at, dispensing } = stage
  switch (event.event) {
    case 'notes_stacked':
      if (at === 'stacking') {
        const { stacked, rejected, failure } = event
        onStacked(run, { ...dispensing, stacked, rejected, failure })
      }
      break
    case 'notes_presented':
      if (at === 'presenting') offer(run, dispensing)
      break
    case 'notes_taken':
      if (['presenting', 'presented', 'retracting'].includes(at)) {
        run.stopTimer('take')
        taken(run, dispensing)
      }
      break
    case 'notes_retracted':
      if (at === 'retracting') settleRetracted(run, dispensing)
      break
    case 'notes_rejected':
      if (at === 'clearing') notDispensed(run, { ...dispensing, rejected: event.rejected })
      break
    case 'dispenser_failed':
      onFailed(run, stage, event.failure)
      break
    case 'dispenser_report':
      if (at === 'checking') onReport(run, dispensing, event.report)
      break
  }
}

function onStacked(run: Run, dispensing: Dispensing): void {
  const { sequence, plan, stacked } = dispensing
  const failed = dispensing.failure === undefined ? [] : shortUnits(stacked, plan)
  run.set({ failedUnits: [...new Set([...run.terminal.failedUnits, ...failed])] })
  const compared = compareNotes(stacked, plan)
  if (compared === 'none') notDispensed(run, dispensing)
  else if (compared === 'other') clear(run, dispensing)
  else {
    run.command({ device: 'dispenser', command: 'present', sequence })
    run.become({ at: 'presenting', dispensing })
  }
}

function offer(run: Run, dispensing: Dispensing): void {
  const { plan, stacked } = dispensing
  run.become({ at: 'presented', dispensing })
  const isAll = compareNotes(stacked, plan) === 'all'
  run.show({ screen: 'take_cash', amount: amountOf(withDenominations(stacked, plan)), isAll })
  run.startTimer('take', run.terminal.settings.takeSeconds)
}

function taken(run: Run, dispensing: Dispensing): void {
  const { plan, stacked, rejected } = dispensing
  const compared = compareNotes(stacked, plan)
  const outcomes = {
    all: 'dispensed',
    part: 'partly_dispensed',
    none: 'not_dispensed',
    other: 'unknown',
  } as const
  settle(run, dispensing, { outcome: outcomes[compared], ...evidence(stacked, rejected) })
}

function retract(run: Run, dispensing: Dispensing): void {
  run.command({ device: 'dispenser', command: 'retract', sequence: dispensing.sequence })
  run.become({ at: 'retracting', dispensing })
}

function settleRetracted(run: Run, dispensing: Dispensing): void {
  const { stacked, rejected } = dispensing
  settle(run, dispensing, { outcome: 'retracted', ...evidence(stacked, rejected) })
}

/** What is stacked goes into the reject unit: it must not be offered. */
function clear(run: Run, dispensing: Dispensing): void {
  run.command({ device: 'dispenser', command: 'reject', sequence: dispensing.sequence })
  run.become({ at: 'clearing', dispensing })
}

function onFailed(run: Run, { at, dispensing }: Stage, failure: string): void {
  run.set({ dispenserFailure: failure })
  const failed = { ...dispensing, failure }
  if (at === 'clearing') notDispensed(run, failed)
  else if (at === 'checking') settle(run, failed, { outcome: 'unknown' })
  else checkDispenser(run, { ...failed, isRetractFailed: at === 'retracting' })
}

function onReport(run: Run, dispensing: Dispensing, report: DispenserReport): void {
  if (report.notes === 'not_presented') clear(run, dispensing)
  else if (report.notes === 'unknown') settle(run, dispensing, { outcome: 'unknown' })
  else {
    const known = { ...dispensing, stacked: report.presented, rejected: report.rejected }
    if (report.notes === 'taken') taken(run, known)
    else if (report.notes === 'retracted') settleRetracted(run, known)
    else if (dispensing.isRetractFailed) settle(run, known, { outcome: 'unknown' })
    else offer(run, known)
  }
}

function evidence(
  presented: readonly UnitNotes[],
  rejected: readonly UnitNotes[],
): Partial<WithdrawalOutcome> {
  return {
    ...(presented.length === 0 ? {} : { presented }),
    ...(rejected.length === 0 ? {} : { rejected }),
  }
}

function settle(run: Run, { sequence, amount, failure }: Dispensing, outcome: WithdrawalOutcome): void {
  const body = failure === undefined ? outcome : { ...outcome, failure }
  queueOutcome(run, { kind: 'withdrawal', sequence, body })
  const screen: Screen = { screen: outcomeScreens[outcome.outcome], sequence, amount }
  run.become({ at: 'finishing', sequence, screen, session: undefined })
  run.show(screen)
  run.startTimer('finish', run.terminal.settings.finishSeconds)
}
