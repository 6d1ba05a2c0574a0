import type { Terms } from '../../ledger/terms.ts'
import type { AtmState } from '../batch/atm-state.ts'
import type { AtmOutcome } from '../outcomes.ts'
import { type AuthorizeDeposit, authorizeDeposit } from './authorize-deposit.ts'
import { type AuthorizeWithdrawal, authorizeWithdrawal } from './authorize-withdrawal.ts'
import { type ChangeCard, changeCard } from './change-card.ts'
import { type ChangeTerminal, changeTerminal } from './change-terminal.ts'
import { type Count, count } from './count.ts'
import { type CountPinTry, countPinTry } from './count-pin-try.ts'
import { type CreateCard, createCard } from './create-card.ts'
import { type CreateTerminal, createTerminal } from './create-terminal.ts'
import type { AtmCommandDefinition, AtmRequiredState } from './definition.ts'
import { type EndSession, endSession } from './end-session.ts'
import { type Exchange, exchange } from './exchange.ts'
import { type MachineTransfer, machineTransfer } from './machine-transfer.ts'
import { type OpenSession, openSession } from './open-session.ts'
import { type ReportDeposit, reportDeposit } from './report-deposit.ts'
import { type ReportWithdrawal, reportWithdrawal } from './report-withdrawal.ts'
import { type Resolve, resolve } from './resolve.ts'

/** The ATM's commands, by their kind. None carries an idempotency key: a name or a sequence is theirs for ever. */
export interface AtmCommandKinds {
  create_card: CreateCard
  change_card: ChangeCard
  count_pin_try: CountPinTry
  open_session: OpenSession
  end_session: EndSession
  create_terminal: CreateTerminal
  change_terminal: ChangeTerminal
  authorize_withdrawal: AuthorizeWithdrawal
  report_withdrawal: ReportWithdrawal
  authorize_deposit: AuthorizeDeposit
  report_deposit: ReportDeposit
  machine_transfer: MachineTransfer
  resolve: Resolve
  exchange: Exchange
  count: Count
}

export type AtmCommandKind = keyof AtmCommandKinds

/** A command of that kind, or of any. */
export type AtmCommand<Kind extends AtmCommandKind = AtmCommandKind> = {
  [Each in Kind]: AtmCommandKinds[Each] & { readonly kind: Each }
}[Kind]

type Definitions = { readonly [Kind in AtmCommandKind]: AtmCommandDefinition<AtmCommandKinds[Kind]> }

const definitions: Definitions = {
  create_card: createCard,
  change_card: changeCard,
  count_pin_try: countPinTry,
  open_session: openSession,
  end_session: endSession,
  create_terminal: createTerminal,
  change_terminal: changeTerminal,
  authorize_withdrawal: authorizeWithdrawal,
  report_withdrawal: reportWithdrawal,
  authorize_deposit: authorizeDeposit,
  report_deposit: reportDeposit,
  machine_transfer: machineTransfer,
  resolve,
  exchange,
  count,
}

/** Whether the command is one of the ATM's. */
export function isAtmCommand(command: { readonly kind: string }): command is AtmCommand {
  return Object.hasOwn(definitions, command.kind)
}

export function requiredAtmState<Kind extends AtmCommandKind>(command: AtmCommand<Kind>): AtmRequiredState {
  const definition: Definitions[Kind] = definitions[command.kind]
  return definition.requires(command)
}

export function applyAtmCommand<Kind extends AtmCommandKind>(
  state: AtmState,
  command: AtmCommand<Kind>,
  terms: Terms,
): AtmOutcome {
  const definition: Definitions[Kind] = definitions[command.kind]
  return definition.apply(state, command, terms)
}
