import type { Command } from '../../ledger/commands/registry.ts'
import type { Ledger } from '../../service/ledger.ts'
import type { Accepted, Outcome } from '../../ledger/outcomes.ts'
import { loggedCommand } from './logged-command.ts'
import { problemFor } from '../errors/problem.ts'
import type { LoggedDetails } from '../request-log.ts'

type AcceptedAs<Status extends Accepted['status']> = Extract<Accepted, { readonly status: Status }>

/** The part of a reply that is the same for every command. */
interface CommandReply {
  readonly request: { loggedDetails: LoggedDetails | undefined }
  header(name: string, value: string): unknown
}

/**
 * Submits the command, and answers what was carried out once it is durable: one of the `expected` kinds of outcome.
 * Throws the problem to be told when the ledger rejects it.
 */
export async function execute<Status extends Accepted['status']>(
  ledger: Ledger,
  reply: CommandReply,
  command: Command,
  ...expected: readonly Status[]
): Promise<AcceptedAs<Status>> {
  return unwrapOutcome(reply, command, await ledger.submit(command), ...expected)
}

/** The same for an outcome that is there already: logs it, and tells a replay by its header. */
export function unwrapOutcome<Status extends Accepted['status']>(
  reply: CommandReply,
  command: Command,
  outcome: Outcome,
  ...expected: readonly Status[]
): AcceptedAs<Status> {
  reply.request.loggedDetails = loggedCommand(command, outcome)
  if (outcome.replayed) reply.header('idempotency-replayed', 'true')
  if (outcome.status === 'rejected') throw problemFor(outcome.reason)
  if (isOneOf(outcome, expected)) return outcome
  throw new TypeError(`a command of kind ${command.kind} is not ${outcome.status}`)
}

function isOneOf<Status extends Accepted['status']>(
  outcome: Accepted,
  expected: readonly Status[],
): outcome is AcceptedAs<Status> {
  return expected.some((status) => status === outcome.status)
}
