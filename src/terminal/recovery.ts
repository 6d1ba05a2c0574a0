import { formatCents } from '../money.ts'
import { checkAcceptor, returnNotes } from './deposit.ts'
import { checkDispenser } from './dispense.ts'
import type { TerminalEvent } from './events.ts'
import { type JournalEntry, lastSequence, type OpenTransaction, openTransactions } from './journal.ts'
import { queueOutcome } from './link.ts'
import { valueOf } from './notes.ts'
import type { Run } from './run.ts'

/**
 * Begins anew from the journal. What was not to be dispensed yet was not dispensed, and is settled as such; where the
 * devices may have moved notes, they are asked, one transaction after the other.
 */
export function recover(run: Run, journal: readonly JournalEntry[]): void {
  const open = openTransactions(journal)
  run.show({ screen: 'starting' })
  run.command({ device: 'card_reader', command: 'eject' })
  run.set({
    lastSequence: lastSequence(journal),
    outcomes: open.flatMap(({ outcome }) => outcome ?? []),
    isRecovering: true,
  })
  run.set({ unexamined: open.filter((each) => each.outcome === undefined && !settleUnmoved(run, each)) })
  run.become({ at: 'recovering' })
}

/** Settles what needs no device. False when the devices must be asked. */
function settleUnmoved(run: Run, { sequence, order, stage }: OpenTransaction): boolean {
  if (order?.kind === 'transfer') {
    run.journal({ entry: 'unanswered', sequence })
    return true
  }
  if (order?.kind !== 'withdrawal' || stage === 'will_dispense') return false
  queueOutcome(run, {
    kind: 'withdrawal',
    sequence,
    body: { outcome: 'not_dispensed', failure: 'power_cut' },
  })
  return true
}

/** Asks the devices about the next open transaction; after the last, whether the acceptor holds any notes. */
export function examineNext(run: Run): void {
  const [next, ...others] = run.terminal.unexamined
  run.set({ unexamined: others })
  if (next === undefined) {
    run.command({ device: 'acceptor', command: 'report', sequence: 0 })
    run.become({ at: 'checking_acceptor' })
  } else if (next.order?.kind === 'deposit') {
    const mayStore = next.stage === 'will_store'
    const { sequence, order } = next
    checkAcceptor(run, { sequence, counted: order.body.counted, session: undefined, mayStore })
  } else {
    const { sequence, plan } = next
    checkDispenser(run, {
      sequence,
      plan,
      amount: formatCents(valueOf(plan)),
      stacked: [],
      rejected: [],
      failure: 'power_cut',
      isRetractFailed: false,
    })
  }
}

/** The last device has answered: the machine is ready for people again. */
export function onAcceptorChecked(run: Run, event: TerminalEvent): void {
  if (event.event === 'acceptor_report' && event.report.notes === 'held') {
    run.set({ isRecovering: false })
    returnNotes(run, undefined, 'power_cut')
  } else if (event.event === 'acceptor_report' || event.event === 'acceptor_failed') {
    if (event.event === 'acceptor_failed') run.set({ acceptorFailure: event.failure })
    run.set({ isRecovering: false })
    run.become({ at: 'idle' })
  }
}
