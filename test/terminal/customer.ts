import type { TerminalEvent } from '../../src/terminal/events.ts'
import type { CountedNotes } from '../../src/terminal/hardware.ts'
import type { Screen } from '../../src/terminal/screens.ts'
import type { Drill } from './drill.ts'

export type Wish =
  | { readonly wish: 'withdraw'; readonly amount: number; readonly mix?: 'mixed' }
  | { readonly wish: 'deposit'; readonly notes: readonly CountedNotes[]; readonly changesMind?: boolean }
  | { readonly wish: 'transfer'; readonly cents: number }
  | { readonly wish: 'balance' | 'transactions' }

/** Someone in front of the machine, who has one wish at a time and reads the screen. */
export class Customer {
  readonly #drill: Drill
  #wish: Wish | undefined
  #hasAsked = false
  leavesCash = false
  leavesCard = false

  constructor(drill: Drill) {
    this.#drill = drill
  }

  get isBusy(): boolean {
    return this.#wish !== undefined
  }

  /** Comes with a card, if the machine invites. */
  arrive(wish: Wish): void {
    const { world, terminal } = this.#drill
    if (terminal.screen.screen !== 'welcome' || world.isCardIn) return
    this.#wish = wish
    this.#hasAsked = false
    world.isCardIn = true
    this.#drill.dispatch({ event: 'card_inserted', cardNumber: '9000000000010018' })
  }

  /** Does the next thing. False when there is nothing to do but wait. */
  act(): boolean {
    const { world, terminal } = this.#drill
    if (world.isCardOffered && !this.leavesCard) {
      world.isCardOffered = false
      world.isCardIn = false
      this.#drill.dispatch({ event: 'card_taken' })
      return true
    }
    if (world.hasCash && !this.leavesCash) {
      this.#drill.dispatch(world.takeCash())
      return true
    }
    if (!world.isCardIn) this.#wish = undefined
    const events = this.#wish === undefined ? undefined : this.#answerTo(terminal.screen, this.#wish)
    for (const event of events ?? []) this.#drill.dispatch(event)
    return events !== undefined
  }

  #answerTo(screen: Screen, wish: Wish): readonly TerminalEvent[] | undefined {
    switch (screen.screen) {
      case 'pin':
        return typed('1001')
      case 'menu':
        if (this.#hasAsked) return chosen({ choice: 'end' })
        this.#hasAsked = true
        return chosen({ choice: wish.wish })
      case 'withdraw':
        if (wish.wish !== 'withdraw') return chosen({ choice: 'back' })
        return wish.mix !== undefined && screen.mix !== wish.mix
          ? chosen({ choice: 'mix', mix: wish.mix })
          : chosen({ choice: 'other_sum' })
      case 'enter':
        if (screen.nearest !== undefined) return [{ event: 'cancel' }]
        if (screen.field === 'account_number') return typed('1002')
        if (wish.wish === 'transfer') return typed(String(wish.cents))
        return wish.wish === 'withdraw' ? typed(String(wish.amount)) : [{ event: 'cancel' }]
      case 'insert_notes':
        if (wish.wish !== 'deposit' || !this.#drill.world.isSlotOpen) return undefined
        return [this.#drill.world.feed(wish.notes)]
      case 'confirm_deposit':
        return chosen({
          choice: wish.wish === 'deposit' && wish.changesMind === true ? 'give_back' : 'confirm',
        })
      case 'balance':
      case 'transactions':
      case 'transferred':
      case 'deposited':
      case 'unanswered':
      case 'declined':
        return chosen({ choice: 'end' })
      case 'still_there':
        return chosen({ choice: 'stay' })
      case 'starting':
      case 'welcome':
      case 'network_lost':
      case 'card_retained':
      case 'out_of_service':
      case 'please_wait':
      case 'take_card':
      case 'counting_notes':
      case 'take_cash':
      case 'dispensed':
      case 'partly_dispensed':
      case 'not_dispensed':
      case 'in_doubt':
      case 'take_notes':
      case 'deposit_in_doubt':
        break
    }
    return undefined
  }
}

function typed(digits: string): readonly TerminalEvent[] {
  const events: readonly TerminalEvent[] = Array.from(digits, (digit) => ({
    event: 'digit',
    digit: Number(digit),
  }))
  return [...events, { event: 'enter' }]
}

function chosen(
  choice: Extract<TerminalEvent, { readonly event: 'chosen' }>['choice'],
): readonly TerminalEvent[] {
  return [{ event: 'chosen', choice }]
}
