import type { Mix } from '../atm/note-plan.ts'
import type { CountedNotes } from './hardware.ts'
import type { Order } from './journal.ts'

/** What digits are being typed for. Amounts to withdraw are typed in whole units, those to transfer in cents. */
export type Field = 'pin' | 'amount' | 'account_number' | 'transfer_amount'

/** What became of a withdrawal, as the person in front may know it. */
export interface Settlement {
  readonly sequence: number
  /** What was asked for. */
  readonly amount: string
  /** Undefined until the service has acknowledged it. */
  readonly returned?: string
  readonly balance?: string
}

/** What stands on the screen, as data: the words are the page's. */
export type Screen =
  | { readonly screen: 'starting' | 'welcome' | 'network_lost' | 'still_there' | 'card_retained' }
  | { readonly screen: 'out_of_service'; readonly reason: string }
  /** The digits of a PIN are never on the screen: how many there are is. */
  | { readonly screen: 'pin'; readonly digits: number; readonly triesLeft?: number }
  | { readonly screen: 'please_wait'; readonly attempt: number }
  | { readonly screen: 'menu'; readonly name: string | undefined; readonly accountNumber: string }
  | { readonly screen: 'balance'; readonly balance: string }
  | { readonly screen: 'transactions'; readonly transactions: readonly unknown[] }
  | { readonly screen: 'withdraw'; readonly sums: readonly string[]; readonly mix: Mix }
  | {
      readonly screen: 'enter'
      readonly field: Exclude<Field, 'pin'>
      readonly digits: string
      /** Set when the amount typed last cannot be paid: those next to it that can. */
      readonly nearest?: readonly string[]
    }
  /** With a code of the service, or `network_lost`, `dispenser_failed`, `acceptor_failed`, `not_ready`. */
  | { readonly screen: 'declined'; readonly code: string }
  /** `done`, `cash_follows`, or why the card comes back. */
  | { readonly screen: 'take_card'; readonly reason: string }
  | { readonly screen: 'counting_notes'; readonly amount: string }
  | { readonly screen: 'take_cash'; readonly amount: string; readonly isAll: boolean }
  | ({ readonly screen: 'dispensed' | 'partly_dispensed' | 'not_dispensed' | 'in_doubt' } & Settlement)
  | { readonly screen: 'insert_notes' }
  | { readonly screen: 'confirm_deposit'; readonly counted: readonly CountedNotes[]; readonly amount: string }
  | { readonly screen: 'take_notes'; readonly reason: string }
  | { readonly screen: 'deposited' | 'deposit_in_doubt'; readonly amount: string; readonly balance?: string }
  | {
      readonly screen: 'transferred'
      readonly to: string
      readonly amount: string
      readonly balance?: string
    }
  /** No answer came: the account's transactions will show whether it happened. */
  | { readonly screen: 'unanswered'; readonly kind: Order['kind'] }
