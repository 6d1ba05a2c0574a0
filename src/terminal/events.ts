import type { Mix } from '../atm/note-plan.ts'
import type { Answer } from './answers.ts'
import type { Command, HardwareEvent } from './hardware.ts'
import type { JournalEntry } from './journal.ts'
import type { Request } from './requests.ts'
import type { Screen } from './screens.ts'

/** What a person may choose beside typing digits. */
export type Choice =
  | { readonly choice: 'balance' | 'transactions' | 'withdraw' | 'deposit' | 'transfer' }
  | { readonly choice: 'sum'; readonly amount: string }
  | { readonly choice: 'other_sum' }
  | { readonly choice: 'mix'; readonly mix: Mix }
  /** Put the counted notes into the account; or have them back. */
  | { readonly choice: 'confirm' | 'give_back' }
  | { readonly choice: 'back' | 'end' | 'stay' }

/**
 * `idle`: nobody has touched anything. `retry`: before the customer's request is sent again. `link`: before the next
 * outcome or look at the terminal. `take`: card or cash were not taken. `finish`: the last screen has stood long enough.
 */
export type Timer = 'idle' | 'retry' | 'link' | 'take' | 'finish'

export type TerminalEvent =
  /** `journal` is all that is on stable storage. Nothing else survives a power cut. */
  | { readonly event: 'power_on'; readonly journal: readonly JournalEntry[] }
  | { readonly event: 'digit'; readonly digit: number }
  | { readonly event: 'clear' | 'enter' | 'cancel' }
  | { readonly event: 'chosen'; readonly choice: Choice }
  | { readonly event: 'answer'; readonly id: number; readonly answer: Answer }
  /** Within its time no answer came to the request. It may have arrived, or may yet. */
  | { readonly event: 'no_answer'; readonly id: number }
  | { readonly event: 'timer'; readonly timer: Timer }
  | HardwareEvent

/**
 * What is to be done, in this order and one after the other. An entry of the journal must be on stable storage before
 * anything after it is done. A timer that is started again counts from anew.
 */
export type Effect =
  | { readonly effect: 'journal'; readonly entry: JournalEntry }
  | { readonly effect: 'send'; readonly request: Request }
  | { readonly effect: 'command'; readonly command: Command }
  | { readonly effect: 'show'; readonly screen: Screen }
  | { readonly effect: 'start_timer'; readonly timer: Timer; readonly seconds: number }
  | { readonly effect: 'stop_timer'; readonly timer: Timer }
