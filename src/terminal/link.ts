import { type Answer, readTerminal, type TerminalView, textIn } from './answers.ts'
import type { Outcome } from './journal.ts'
import { outcomeCall, readTerminalCall } from './requests.ts'
import type { Run } from './run.ts'
import type { Activity, Terminal } from './state.ts'

/** Whether a transaction may begin: all outcomes are acknowledged, and what the service knows of the machine is known. */
export function isReady({ view, isViewCurrent, outcomes, isRecovering }: Terminal): boolean {
  return isViewCurrent && outcomes.length === 0 && !isRecovering && view?.status === 'in_service'
}

/** The next free sequence: above all that the machine or the service has seen. */
export function nextSequence({ lastSequence, view }: Terminal): number {
  return Math.max(lastSequence + 1, view?.nextSequence ?? 1)
}

/** Journals what became of a transaction; from then on it is sent until it is acknowledged. */
export function queueOutcome(run: Run, outcome: Outcome): void {
  run.journal({ entry: 'outcome', sequence: outcome.sequence, outcome })
  const outcomes = [...run.terminal.outcomes, outcome]
  run.set({ outcomes: outcomes.toSorted((one, other) => one.sequence - other.sequence) })
}

/**
 * Sends what is next when nothing is under way: the oldest outcome, or else a look at the terminal if one is due. After
 * a power cut it looks only when it knows itself what it had authorized.
 */
export function advanceLink(run: Run): void {
  const { link, outcomes, isViewCurrent, isRecovering } = run.terminal
  if (link.request !== undefined || link.isWaiting) return
  const [outcome] = outcomes
  if (outcome === undefined && (isViewCurrent || isRecovering)) return
  const id = run.send(outcome === undefined ? readTerminalCall : outcomeCall(outcome))
  run.set({ link: { ...link, request: { id, outcome } } })
}

/**
 * Takes the answer to the link's request, undefined when there was none. Whatever is no acknowledgement is tried again,
 * without end: an outcome is never dropped. Answers the outcome that is now acknowledged.
 */
export function onLinkAnswer(run: Run, answer: Answer | undefined): Outcome | undefined {
  const { link } = run.terminal
  const outcome = link.request?.outcome
  if (outcome !== undefined && answer?.status === 200 && textIn(answer.body, 'state') !== undefined) {
    run.journal({ entry: 'acknowledged', sequence: outcome.sequence })
    const outcomes = run.terminal.outcomes.filter((each) => each !== outcome)
    run.set({ outcomes, isViewCurrent: false, link: { request: undefined, isWaiting: false, failures: 0 } })
    return outcome
  }
  const view = outcome === undefined && answer?.status === 200 ? readTerminal(answer.body) : undefined
  if (view === undefined) {
    const failures = link.failures + 1
    run.set({ link: { request: undefined, isWaiting: true, failures } })
    run.startTimer('link', run.waitAfter(failures, answer?.retryAfter))
    return undefined
  }
  run.set({ view, isViewCurrent: true, link: { request: undefined, isWaiting: false, failures: 0 } })
  settleUnknown(run, view)
  run.startTimer('link', run.terminal.settings.pollSeconds)
  return undefined
}

/** The time to try again has come, or that to look whether anything has changed. */
export function onLinkTimer(run: Run): void {
  const { link, activity, settings } = run.terminal
  if (link.isWaiting) run.set({ link: { ...link, isWaiting: false } })
  else if (activity.at === 'idle') run.set({ isViewCurrent: false })
  else run.startTimer('link', settings.pollSeconds)
}

/** An authorization that this machine knows nothing of, as its storage was lost: nobody can say what became of it. */
function settleUnknown(run: Run, { unsettled }: TerminalView): void {
  if (unsettled?.state !== 'authorized' || isKnown(run.terminal, unsettled.sequence)) return
  const { kind, sequence } = unsettled
  const failure = 'journal_lost'
  if (kind === 'withdrawal') queueOutcome(run, { kind, sequence, body: { outcome: 'unknown', failure } })
  if (kind === 'deposit') queueOutcome(run, { kind, sequence, body: { outcome: 'unknown', failure } })
}

function isKnown({ outcomes, activity }: Terminal, sequence: number): boolean {
  return sequence === sequenceOf(activity) || outcomes.some((outcome) => outcome.sequence === sequence)
}

/** The transaction that the machine is at. */
function sequenceOf(activity: Activity): number | undefined {
  if ('sequence' in activity) return activity.sequence
  if ('storing' in activity) return activity.storing.sequence
  return 'dispensing' in activity ? activity.dispensing?.sequence : undefined
}
