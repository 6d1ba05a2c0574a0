import type { RequiredState } from '../../ledger/commands/definition.ts'
import type { Terms } from '../../ledger/terms.ts'
import type { AtmState } from '../batch/atm-state.ts'
import type { AtmOutcome } from '../outcomes.ts'

/** What an engine must load before a command of the ATM can be applied. */
export interface AtmRequiredState extends RequiredState {
  /** Numbers of cards, each to be loaded with its customer's account. */
  readonly cards?: readonly string[]
  /** Ids of terminals, each to be loaded with both of its accounts and its unsettled transaction. */
  readonly terminals?: readonly string[]
  /** Rows of journals, each to be loaded with its customer's account and its posting with what is reversed of it. */
  readonly terminalTransactions?: readonly SequenceOf[]
}

/** Names a row of a terminal's journal. */
export interface SequenceOf {
  readonly terminal: string
  /** 1 to `MAX_SEQUENCE`. */
  readonly sequence: number
}

/** All that there is to know of one kind of the ATM's commands. */
export interface AtmCommandDefinition<Kind> {
  requires(command: Kind): AtmRequiredState
  /** Writes into the state what follows from the command, or nothing when it rejects. */
  apply(state: AtmState, command: Kind, terms: Terms): AtmOutcome
}

/** What a machine's request requires, besides the numbers of cards and accounts that are given. */
export function requiredRow(
  { terminal, sequence }: SequenceOf,
  { cards = [], accounts = [] }: Partial<Pick<AtmRequiredState, 'cards' | 'accounts'>> = {},
): AtmRequiredState {
  return { accounts, cards, terminals: [terminal], terminalTransactions: [{ terminal, sequence }] }
}
