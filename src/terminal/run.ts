import type { Effect, Timer } from './events.ts'
import type { Command } from './hardware.ts'
import type { JournalEntry } from './journal.ts'
import { type Call, requestFor } from './requests.ts'
import type { Screen } from './screens.ts'
import type { Activity, Terminal } from './state.ts'

/** One step while it is made: the terminal as it has become so far, and what is to be done, in order. */
export class Run {
  terminal: Terminal
  readonly effects: Effect[] = []

  constructor(terminal: Terminal) {
    this.terminal = terminal
  }

  set(change: Partial<Terminal>): void {
    this.terminal = { ...this.terminal, ...change }
  }

  become(activity: Activity): void {
    this.set({ activity })
  }

  show(screen: Screen): void {
    this.set({ screen })
    this.effects.push({ effect: 'show', screen })
  }

  journal(entry: JournalEntry): void {
    this.effects.push({ effect: 'journal', entry })
  }

  command(command: Command): void {
    this.effects.push({ effect: 'command', command })
  }

  /** Answers the id under which the answer will come. */
  send(call: Call): number {
    const { settings, lastRequest } = this.terminal
    const id = lastRequest + 1
    this.set({ lastRequest: id })
    this.effects.push({ effect: 'send', request: requestFor(call, settings, id, settings.answerSeconds) })
    return id
  }

  startTimer(timer: Timer, seconds: number): void {
    this.effects.push({ effect: 'start_timer', timer, seconds })
  }

  stopTimer(timer: Timer): void {
    this.effects.push({ effect: 'stop_timer', timer })
  }

  /** How long to wait after this many failures in a row: each time twice as long, and at least what the service asks for. */
  waitAfter(failures: number, retryAfter = 0): number {
    return Math.min(this.terminal.settings.longestWaitSeconds, Math.max(retryAfter, 2 ** (failures - 1)))
  }
}
