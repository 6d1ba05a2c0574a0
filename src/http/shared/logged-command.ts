import type { Command } from '../../ledger/commands/registry.ts'
import type { Outcome } from '../../ledger/outcomes.ts'
import { formatCents } from '../../money.ts'
import { loggedAccount, type LoggedDetails } from '../request-log.ts'

/** What the log shows of a command: never names, references or reasons, which are the customers' own words. */
export function loggedCommand(command: Command, outcome: Outcome): LoggedDetails {
  const amount = amountOf(command, outcome)
  const balance = balanceAfter(command, outcome)
  return {
    operation: command.kind,
    account: accountOf(command, outcome),
    to: command.kind === 'transfer' ? loggedAccount(command.to) : undefined,
    hold: holdOf(command, outcome),
    original: command.kind === 'reverse' ? String(Object.values(command.original)[0]) : undefined,
    amount: amount === undefined ? undefined : formatCents(amount),
    idempotencyKey: command.idempotencyKey,
    transaction: 'posting' in outcome ? String(outcome.posting.id) : undefined,
    balance: balance === undefined ? undefined : formatCents(balance),
    reason: outcome.status === 'rejected' ? outcome.reason : undefined,
    replayed: outcome.replayed,
  }
}

/** The account that the command is about; the one that pays, where there are two. */
function accountOf(command: Command, outcome: Outcome): string | undefined {
  // A number that was drawn for a retry is not the one that the account has.
  if ('account' in outcome) return outcome.account.number
  if ('account' in command) return loggedAccount(command.account)
  if (command.kind === 'transfer') return loggedAccount(command.from)
  return 'hold' in outcome ? outcome.hold.accountNumber : undefined
}

function holdOf(command: Command, outcome: Outcome): string | undefined {
  if ('holdId' in command) return String(command.holdId)
  return outcome.status === 'held' ? String(outcome.hold.id) : undefined
}

/** What moved or was freed or, where nothing was, what was asked for. */
function amountOf(command: Command, outcome: Outcome): bigint | undefined {
  if ('posting' in outcome) return outcome.posting.amount
  if (outcome.status === 'released') return outcome.hold.amount
  return 'amount' in command ? command.amount : undefined
}

function balanceAfter({ kind }: Command, outcome: Outcome): bigint | undefined {
  if ('account' in outcome) return outcome.account.balance
  if (!('posting' in outcome) || kind === 'reverse') return undefined
  return kind === 'deposit' ? outcome.posting.creditBalance : outcome.posting.debitBalance
}
