import { signOutCall } from './requests.ts'
import type { Run } from './run.ts'
import type { Dispensing, Session } from './state.ts'

export function toMenu(run: Run, session: Session): void {
  run.become({ at: 'menu', session })
  run.show({ screen: 'menu', name: session.name, accountNumber: session.accountNumber })
}

/** Shows why something is not done; from there it goes back to the menu. */
export function decline(run: Run, session: Session, code: string): void {
  run.become({ at: 'menu', session })
  run.show({ screen: 'declined', code })
}

/** Gives the card back and ends its session. With `dispensing`, the notes follow once the card is taken. */
export function giveCardBack(
  run: Run,
  session: Session | undefined,
  reason: string,
  dispensing?: Dispensing,
  withinSeconds = Number.POSITIVE_INFINITY,
): void {
  if (session !== undefined) run.send(signOutCall(session.token))
  run.become({ at: 'card_out', dispensing })
  run.command({ device: 'card_reader', command: 'eject' })
  run.show({ screen: 'take_card', reason })
  run.startTimer('take', Math.min(run.terminal.settings.takeSeconds, withinSeconds))
}
