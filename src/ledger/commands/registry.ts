import type { BatchState } from '../batch/batch-state.ts'
import type { Outcome } from '../outcomes.ts'
import type { Terms } from '../terms.ts'
import { type CaptureHold, captureHold } from './capture-hold.ts'
import { type ChangeAccount, changeAccount } from './change-account.ts'
import type { CommandDefinition, Effect, RequiredState } from './definition.ts'
import { type Deposit, deposit } from './deposit.ts'
import { type OpenAccount, openAccount } from './open-account.ts'
import { type PlaceHold, placeHold } from './place-hold.ts'
import { type ReleaseHold, releaseHold } from './release-hold.ts'
import { type Reverse, reverse } from './reverse.ts'
import { type Transfer, transfer } from './transfer.ts'
import { type Withdrawal, withdraw } from './withdraw.ts'

/** Every way to change the books, by its kind. */
export interface CommandKinds {
  deposit: Deposit
  withdraw: Withdrawal
  transfer: Transfer
  open: OpenAccount
  change: ChangeAccount
  hold: PlaceHold
  capture: CaptureHold
  release: ReleaseHold
  reverse: Reverse
}

export type CommandKind = keyof CommandKinds

/** A command of that kind, or of any. */
export type Command<Kind extends CommandKind = CommandKind> = {
  [Each in Kind]: CommandKinds[Each] & { readonly kind: Each }
}[Kind]

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

/** What an engine must load, and lock, before the command can be applied. */
export function requiredState<Kind extends CommandKind>(command: Command<Kind>): RequiredState {
  const definition: Definitions[Kind] = definitions[command.kind]
  return definition.requires(command)
}

/** What the command may write besides postings, balances and its key. */
export function effectOf({ kind }: Command): Effect | undefined {
  return definitions[kind].effect
}

/** The command's request as text: two requests with one key are the same if these are. */
export function canonicalRequestOf<Kind extends CommandKind>(command: Command<Kind>): string {
  const definition: Definitions[Kind] = definitions[command.kind]
  return definition.canonicalRequest(command)
}

/** Applies the command, whatever key it carries. */
export function apply<Kind extends CommandKind>(
  state: BatchState,
  command: Command<Kind>,
  terms: Terms,
): Outcome {
  const definition: Definitions[Kind] = definitions[command.kind]
  return definition.apply(state, command, terms)
}
