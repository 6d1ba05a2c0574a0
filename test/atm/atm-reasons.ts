import { isReason, type Reason, rejections } from '../../src/ledger/rejections.ts'

/** The reasons that commands of the ATM alone give, in order of precedence. */
export const atmReasons = [
  'terminal_not_found',
  'terminal_transaction_not_found',
  'sequence_reused',
  'transaction_closed',
  'sequence_passed',
  'session_ended',
  'not_in_doubt',
  'terminal_out_of_service',
  'terminal_not_in_exchange',
  'terminal_has_unsettled',
  'terminal_exists',
  'card_exists',
  'card_not_found',
  'card_not_for_terminal',
  'card_blocked',
  'wrong_pin',
  'unit_mismatch',
  'amount_not_dispensable',
  'too_many_notes',
  'unit_full',
  'not_enough_notes',
] as const satisfies readonly Reason[]

export type AtmReason = (typeof atmReasons)[number]

const ofAtm: readonly string[] = atmReasons

/** All others, in order of precedence. */
export const ledgerReasons: readonly Reason[] = Object.keys(rejections)
  .filter(isReason)
  .filter((reason) => !ofAtm.includes(reason))
