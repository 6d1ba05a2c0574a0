import type { Mix } from '../atm/note-plan.ts'
import type { TerminalView } from './answers.ts'
import type { CountedNotes, PlacedNotes, UnitNotes } from './hardware.ts'
import type { OpenTransaction, Order, Outcome } from './journal.ts'
import type { Identity } from './requests.ts'
import type { Field, Screen } from './screens.ts'

export interface Settings extends Identity {
  /** Offered where the machine can pay them, as on the wire: `"20.00"`. */
  readonly quickSums: readonly string[]
  /** How often a customer's request is sent before the machine gives up. */
  readonly tries: number
  /** How many seconds each of them waits for its answer. */
  readonly answerSeconds: number
  readonly longestWaitSeconds: number
  readonly idleSeconds: number
  readonly stillThereSeconds: number
  /** How long card and cash may stay in their slots. */
  readonly takeSeconds: number
  readonly finishSeconds: number
  /** How often an idle machine looks at what the service knows of it. */
  readonly pollSeconds: number
}

export const defaultSettings: Omit<Settings, keyof Identity> = {
  quickSums: ['10.00', '20.00', '50.00', '100.00', '200.00', '500.00'],
  tries: 4,
  answerSeconds: 10,
  longestWaitSeconds: 60,
  idleSeconds: 60,
  stillThereSeconds: 20,
  takeSeconds: 30,
  finishSeconds: 15,
  pollSeconds: 60,
}

export interface Session {
  readonly token: string
  readonly accountNumber: string
  readonly name: string | undefined
}

/** A withdrawal between its authorization and its outcome. */
export interface Dispensing {
  readonly sequence: number
  readonly amount: string
  readonly plan: readonly PlacedNotes[]
  readonly stacked: readonly UnitNotes[]
  readonly rejected: readonly UnitNotes[]
  readonly failure: string | undefined
  /** The notes lie in the slot and could not be taken back. */
  readonly isRetractFailed: boolean
}

/** A deposit between its authorization and its outcome. */
export interface Storing {
  readonly sequence: number
  readonly counted: readonly CountedNotes[]
  /** Undefined after a power cut. */
  readonly session: Session | undefined
  /** Whether the service has authorized it: if not, the notes can only go back. */
  readonly mayStore: boolean
}

/** What the machine is doing for the person in front of it, or to find out where it was. */
export type Activity =
  /** `recovering`: the next open transaction is to be looked into. */
  | { readonly at: 'off' | 'idle' | 'recovering' }
  | { readonly at: 'pin'; readonly cardNumber: string; readonly pin: string }
  | {
      readonly at: 'signing_in'
      readonly cardNumber: string
      /** Kept until the answer is there: the service may say that it could not even look at it. */
      readonly pin: string
      readonly request: number | undefined
      readonly attempt: number
    }
  | { readonly at: 'menu'; readonly session: Session }
  | { readonly at: 'choosing_sum'; readonly session: Session; readonly mix: Mix }
  | {
      readonly at: 'entering'
      readonly session: Session
      readonly field: Exclude<Field, 'pin'>
      readonly digits: string
      readonly mix: Mix
      readonly to: string
    }
  | {
      readonly at: 'asking'
      readonly session: Session
      readonly request: number
      readonly about: 'balance' | 'transactions'
    }
  | { readonly at: 'counting'; readonly session: Session }
  | { readonly at: 'counted'; readonly session: Session; readonly counted: readonly CountedNotes[] }
  | {
      readonly at: 'authorizing'
      readonly session: Session
      readonly order: Order
      readonly sequence: number
      readonly request: number | undefined
      readonly attempt: number
    }
  | { readonly at: 'card_out'; readonly dispensing: Dispensing | undefined }
  /**
   * The dispenser works. `checking`: it has been asked what became of the notes. `clearing`: what is stacked goes into
   * the reject unit.
   */
  | {
      readonly at: 'stacking' | 'presenting' | 'presented' | 'retracting' | 'clearing' | 'checking'
      readonly dispensing: Dispensing
    }
  | { readonly at: 'storing' | 'checking_deposit'; readonly storing: Storing }
  | {
      readonly at: 'returning'
      /** The deposit whose outcome this is; undefined when none was ever sent. */
      readonly sequence: number | undefined
      readonly session: Session | undefined
      readonly reason: string
    }
  /** After a power cut: are there notes in the acceptor that belong to no transaction? */
  | { readonly at: 'checking_acceptor' }
  /** The last screen stands, while the outcome is on its way. */
  | {
      readonly at: 'finishing'
      /** Undefined when the screen is about no transaction. */
      readonly sequence: number | undefined
      readonly screen: Screen
      readonly session: Session | undefined
    }
  | { readonly at: 'still_there'; readonly before: Activity; readonly screen: Screen }

/** What goes on with the service besides: outcomes first, then the look at the terminal. */
export interface Link {
  /** Under way: of an outcome, or of the look at the terminal. */
  readonly request: { readonly id: number; readonly outcome: Outcome | undefined } | undefined
  readonly isWaiting: boolean
  /** Tries in a row without success. */
  readonly failures: number
}

export interface Terminal {
  readonly settings: Settings
  readonly activity: Activity
  readonly screen: Screen
  readonly lastRequest: number
  readonly lastSequence: number
  /** Not acknowledged, in order of sequence. */
  readonly outcomes: readonly Outcome[]
  /** From power on until every device has said what it holds. */
  readonly isRecovering: boolean
  /** Found in the journal at power on, and yet to be looked into. */
  readonly unexamined: readonly OpenTransaction[]
  readonly link: Link
  readonly view: TerminalView | undefined
  /** Whether the view was read after the last change. */
  readonly isViewCurrent: boolean
  readonly failedUnits: readonly string[]
  readonly dispenserFailure: string | undefined
  readonly acceptorFailure: string | undefined
}
