import type { Answer } from './answers.ts'
import { textIn } from './answers.ts'
import { returnNotes } from './deposit.ts'
import type { TerminalEvent } from './events.ts'
import type { Outcome } from './journal.ts'
import { giveCardBack, toMenu } from './leaving.ts'
import type { Run } from './run.ts'
import type { Screen } from './screens.ts'
import type { Activity, Terminal } from './state.ts'

const interactive: readonly Activity['at'][] = [
  'pin',
  'menu',
  'choosing_sum',
  'entering',
  'counting',
  'counted',
]

/** Whether the machine waits for the person in front of it. */
export function isInteractive({ at }: Activity): boolean {
  return interactive.includes(at)
}

/** What an idle machine shows. */
export function idleScreen({ view, isViewCurrent, outcomes, link }: Terminal): Screen {
  if (link.failures > 0) return { screen: 'network_lost' }
  if (view === undefined || outcomes.length > 0) return { screen: 'starting' }
  if (view.status !== 'in_service' && isViewCurrent) return { screen: 'out_of_service', reason: view.status }
  return view.status === 'in_service' ? { screen: 'welcome' } : { screen: 'starting' }
}

/** Nobody has touched anything for a while: is anyone there? */
export function askStillThere(run: Run, activity: Activity): void {
  run.become({ at: 'still_there', before: activity, screen: run.terminal.screen })
  run.show({ screen: 'still_there' })
  run.startTimer('idle', run.terminal.settings.stillThereSeconds)
}

/** Ends what the person was at, and gives back what is theirs. */
export function leave(run: Run, activity: Activity): void {
  if (activity.at === 'pin') giveCardBack(run, undefined, 'done')
  else if (activity.at === 'counting' || activity.at === 'counted') returnNotes(run, activity.session, 'done')
  else if ('session' in activity) giveCardBack(run, activity.session, 'done')
}

/** The card was taken or kept, with nothing to follow. */
export function toIdle(run: Run): void {
  run.become({ at: 'idle' })
  run.show(idleScreen(run.terminal))
}

/** The machine has kept a card that nobody took. */
export function showRetained(run: Run): void {
  const screen: Screen = { screen: 'card_retained' }
  run.become({ at: 'finishing', sequence: undefined, screen, session: undefined })
  run.show(screen)
  run.startTimer('finish', run.terminal.settings.finishSeconds)
}

export function onFinishing(
  run: Run,
  { session }: Extract<Activity, { readonly at: 'finishing' }>,
  event: TerminalEvent,
): void {
  const isOver =
    (event.event === 'timer' && event.timer === 'finish') ||
    (event.event === 'chosen' && ['back', 'end'].includes(event.choice.choice))
  if (!isOver) return
  run.stopTimer('finish')
  if (session === undefined) toIdle(run)
  else if (event.event === 'chosen' && event.choice.choice === 'end') giveCardBack(run, session, 'done')
  else toMenu(run, session)
}

/** The outcome on the screen is acknowledged: now it can say what is back in the account. */
export function showAcknowledged(run: Run, { sequence }: Outcome, { body }: Answer): void {
  const { activity } = run.terminal
  if (activity.at !== 'finishing' || activity.sequence !== sequence) return
  const returned = textIn(body, 'returned')
  const balance = textIn(body, 'balance')
  const screen = {
    ...activity.screen,
    ...(returned === undefined ? {} : { returned }),
    ...(balance === undefined ? {} : { balance }),
  }
  run.become({ ...activity, screen })
  run.show(screen)
}
