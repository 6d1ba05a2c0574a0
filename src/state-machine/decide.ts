import { applyAtmCommand, isAtmCommand } from '../atm/commands/registry.ts'
import { decide as decideOnLedger } from '../ledger/decide.ts'
import type { Terms } from '../ledger/terms.ts'
import type { BatchState } from './batch-state.ts'
import type { Command } from './commands.ts'
import type { Outcome } from './outcomes.ts'

/**
 * Decides one command: writes what follows from it into the state of its batch, and answers the outcome. It knows no
 * clock, no driver and no network, so a rule is written once and holds on every engine.
 */
export function decide(state: BatchState, command: Command, terms: Terms): Outcome {
  return isAtmCommand(command)
    ? applyAtmCommand(state, command, terms)
    : decideOnLedger(state, command, terms)
}
