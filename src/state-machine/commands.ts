import type { AtmRequiredState } from '../atm/commands/definition.ts'
import {
  type AtmCommand,
  type AtmCommandKinds,
  isAtmCommand,
  requiredAtmState,
} from '../atm/commands/registry.ts'
import {
  type Command as LedgerCommand,
  type CommandKinds as LedgerCommandKinds,
  requiredState as requiredLedgerState,
} from '../ledger/commands/registry.ts'

/** Every way to change the books: the ledger's commands, and those of the ATM. */
export type Command = LedgerCommand | AtmCommand

export type CommandKind = keyof (LedgerCommandKinds & AtmCommandKinds)

/** What an engine must load, and lock, before a command can be applied. */
export type RequiredState = AtmRequiredState

export function requiredState(command: Command): RequiredState {
  return isAtmCommand(command) ? requiredAtmState(command) : requiredLedgerState(command)
}

/** The key that the command's sender may retry it with: those of the ATM have none. */
export function idempotencyKeyOf(command: Command): string | undefined {
  return isAtmCommand(command) ? undefined : command.idempotencyKey
}

/** Whether the command is the ledger's, which every engine takes. */
export function isLedgerCommand(command: Command): command is LedgerCommand {
  return !isAtmCommand(command)
}
