import type { Answer } from './answers.ts'
import { onOrderAnswer, onRetryTimer } from './authorize.ts'
import { onNotesFed, onReturning, onStoring } from './deposit.ts'
import { dispense, notDispensed, onDispensing } from './dispense.ts'
import type { Effect, TerminalEvent } from './events.ts'
import {
  askStillThere,
  idleScreen,
  isInteractive,
  leave,
  onFinishing,
  showRetained,
  showAcknowledged,
  toIdle,
} from './idle.ts'
import { giveCardBack, toMenu } from './leaving.ts'
import { advanceLink, onLinkAnswer, onLinkTimer } from './link.ts'
import { clearDigits, finishEntry, onAnswer, onChoice, typeDigit } from './menu.ts'
import { examineNext, onAcceptorChecked, recover } from './recovery.ts'
import { Run } from './run.ts'
import { askPin, enterPin, onSignInAnswer, signInAgain, typePin } from './session.ts'
import type { Activity, Settings, Terminal } from './state.ts'

export interface Step {
  readonly terminal: Terminal
  /** To be done in this order. */
  readonly effects: readonly Effect[]
}

/** A machine without power: its first event is `power_on`. So it is after each power cut, whatever it was at. */
export function newTerminal(settings: Settings): Terminal {
  return {
    settings,
    activity: { at: 'off' },
    screen: { screen: 'starting' },
    lastRequest: 0,
    lastSequence: 0,
    outcomes: [],
    isRecovering: false,
    unexamined: [],
    link: { request: undefined, isWaiting: false, failures: 0 },
    view: undefined,
    isViewCurrent: false,
    failedUnits: [],
    dispenserFailure: undefined,
    acceptorFailure: undefined,
  }
}

/** What the machine does about an event: pure, so that what is tested is what runs. */
export function step(terminal: Terminal, event: TerminalEvent): Step {
  const run = new Run(event.event === 'power_on' ? newTerminal(terminal.settings) : terminal)
  if (event.event === 'power_on') recover(run, event.journal)
  else if (terminal.activity.at !== 'off') handle(run, event)
  else return { terminal, effects: [] }

  const { isRecovering, activity } = run.terminal
  if (isRecovering && (activity.at === 'recovering' || activity.at === 'finishing')) examineNext(run)
  else if (activity.at === 'recovering') run.become({ at: 'idle' })
  advanceLink(run)
  refreshIdleScreen(run)
  watchOver(run, terminal.activity)
  return { terminal: run.terminal, effects: run.effects }
}

function handle(run: Run, event: TerminalEvent): void {
  const { link } = run.terminal
  if (event.event === 'timer' && event.timer === 'link') onLinkTimer(run)
  else if ((event.event === 'answer' || event.event === 'no_answer') && event.id === link.request?.id) {
    const answer = event.event === 'answer' ? event.answer : undefined
    const outcome = onLinkAnswer(run, answer)
    if (outcome !== undefined && answer !== undefined) showAcknowledged(run, outcome, answer)
  } else if (event.event === 'card_inserted') onCard(run, event.cardNumber)
  else onActivityEvent(run, event)
}

function onActivityEvent(run: Run, event: TerminalEvent): void {
  const { activity } = run.terminal
  switch (activity.at) {
    case 'off':
    case 'recovering':
    case 'idle':
      break
    case 'card_out':
      onCardOut(run, activity, event)
      break
    case 'stacking':
    case 'presenting':
    case 'presented':
    case 'retracting':
    case 'clearing':
    case 'checking':
      onDispensing(run, activity, event)
      break
    case 'storing':
    case 'checking_deposit':
      onStoring(run, activity, event)
      break
    case 'returning':
      onReturning(run, activity, event)
      break
    case 'checking_acceptor':
      onAcceptorChecked(run, event)
      break
    case 'finishing':
      onFinishing(run, activity, event)
      break
    case 'signing_in':
    case 'authorizing':
    case 'asking':
      onRequestEvent(run, activity, event)
      break
    case 'still_there':
      onStillThere(run, activity, event)
      break
    case 'pin':
    case 'menu':
    case 'choosing_sum':
    case 'entering':
    case 'counting':
    case 'counted':
      onPersonEvent(run, activity, event)
      break
  }
}

/** The next person need not wait until the last screen of the one before has gone. */
function onCard(run: Run, cardNumber: string): void {
  const { activity } = run.terminal
  const isFree = activity.at === 'idle' || (activity.at === 'finishing' && activity.session === undefined)
  if (!isFree) run.command({ device: 'card_reader', command: 'eject' })
  else if (idleScreen(run.terminal).screen === 'welcome') askPin(run, cardNumber)
  else giveCardBack(run, undefined, 'not_ready')
}

function onCardOut(
  run: Run,
  { dispensing }: Extract<Activity, { readonly at: 'card_out' }>,
  event: TerminalEvent,
): void {
  if (event.event === 'card_taken') {
    run.stopTimer('take')
    if (dispensing === undefined) toIdle(run)
    else dispense(run, dispensing)
  } else if (event.event === 'timer' && event.timer === 'take') {
    run.command({ device: 'card_reader', command: 'retain' })
    if (dispensing === undefined) showRetained(run)
    else notDispensed(run, { ...dispensing, failure: 'card_not_taken' })
  }
}

function onRequestEvent(
  run: Run,
  activity: Extract<Activity, { readonly at: 'signing_in' | 'authorizing' | 'asking' }>,
  event: TerminalEvent,
): void {
  let answer: Answer | undefined
  if (event.event === 'answer') ({ answer } = event)
  else if (event.event === 'timer' && event.timer === 'retry' && activity.request === undefined) {
    if (activity.at === 'signing_in') signInAgain(run, activity)
    if (activity.at === 'authorizing') onRetryTimer(run, activity)
    return
  } else if (event.event !== 'no_answer') return
  if (event.id !== activity.request) return
  if (activity.at === 'signing_in') onSignInAnswer(run, activity, answer)
  else if (activity.at === 'authorizing') onOrderAnswer(run, activity, answer)
  else onAnswer(run, activity, answer)
}

function onStillThere(
  run: Run,
  { before, screen }: Extract<Activity, { readonly at: 'still_there' }>,
  event: TerminalEvent,
): void {
  if (event.event === 'timer' && event.timer === 'idle') leave(run, before)
  else if (event.event !== 'timer' && event.event !== 'answer' && event.event !== 'no_answer') {
    run.become(before)
    run.show(screen)
    const isTouch = ['digit', 'enter', 'clear', 'chosen'].includes(event.event)
    if (!isTouch) onActivityEvent(run, event)
  }
}

function onPersonEvent(
  run: Run,
  activity: Extract<
    Activity,
    { readonly at: 'pin' | 'menu' | 'choosing_sum' | 'entering' | 'counting' | 'counted' }
  >,
  event: TerminalEvent,
): void {
  if (event.event === 'timer' && event.timer === 'idle') askStillThere(run, activity)
  else if (event.event === 'cancel') {
    if (activity.at === 'choosing_sum' || activity.at === 'entering') toMenu(run, activity.session)
    else leave(run, activity)
  } else if (activity.at === 'pin') {
    if (event.event === 'digit') typePin(run, activity, event.digit)
    if (event.event === 'clear') askPin(run, activity.cardNumber)
    if (event.event === 'enter') enterPin(run, activity)
  } else {
    if (event.event === 'chosen') onChoice(run, activity, event.choice)
    if (activity.at === 'counting' || activity.at === 'counted') onNotesFed(run, activity, event)
    if (activity.at !== 'entering') return
    if (event.event === 'digit') typeDigit(run, activity, event.digit)
    if (event.event === 'clear') clearDigits(run, activity)
    if (event.event === 'enter') finishEntry(run, activity)
  }
}

function refreshIdleScreen(run: Run): void {
  const screen = idleScreen(run.terminal)
  if (run.terminal.activity.at === 'idle' && screen.screen !== run.terminal.screen.screen) run.show(screen)
}

/** While the machine waits for a person, each thing they do gives them a minute more. */
function watchOver(run: Run, before: Activity): void {
  const { activity, settings } = run.terminal
  if (isInteractive(activity)) {
    if (activity !== before) run.startTimer('idle', settings.idleSeconds)
  } else if (isInteractive(before)) {
    if (activity.at !== 'still_there') run.stopTimer('idle')
  }
}
