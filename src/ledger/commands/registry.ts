import type { BatchState } from '../batch-state.ts'
import type { Command, CommandKind, CommandKinds } from './commands.ts'
import type { Outcome } from '../outcomes.ts'
import type { Terms } from '../terms.ts'
import { changeAccount } from './change-account.ts'
import { deposit } from './deposit.ts'
import { captureHold, releaseHold } from './end-hold.ts'
import { openAccount } from './open-account.ts'
import { placeHold } from './place-hold.ts'
import { reverse } from './reverse.ts'
import type { RequiredState, CommandDefinition } from './definition.ts'
import { transfer } from './transfer.ts'
import { withdraw } from './withdraw.ts'

type Definitions = { readonly [Kind in CommandKind]: CommandDefinition<CommandKinds[Kind]> }

const definitions: Definitions = {
  deposit,
  withdraw,
  transfer,
  open: openAccount,
  change: changeAccount,
  hold: placeHold,
  capture: captureHold,
  release: releaseHold,
  reverse,
}

/** What an engine must load, and lock, before the command can be judged. */
export function requiredState<Kind extends CommandKind>(command: Command<Kind>): RequiredState {
  const definition: Definitions[Kind] = definitions[command.kind]
  return definition.requires(command)
}

/** What the command asks for, as text: two requests with one key are the same if these are. */
export function canonicalRequestOf<Kind extends CommandKind>(command: Command<Kind>): string {
  const definition: Definitions[Kind] = definitions[command.kind]
  return definition.canonicalRequest(command)
}

/** Judges the command by its definition, whatever key it carries. */
export function apply<Kind extends CommandKind>(books: BatchState, command: Command<Kind>, terms: Terms): Outcome {
  const definition: Definitions[Kind] = definitions[command.kind]
  return definition.apply(books, command, terms)
}
