import type { Command, CommandKind } from '../../../ledger/commands/registry.ts'
import { keyDigest } from '../../../ledger/idempotency.ts'
import { requiredState } from '../../../ledger/commands/registry.ts'

/** What a batch names, to be looked up. */
export interface RequiredRows {
  readonly accountNumbers: ReadonlySet<string>
  /** Of the commands' own keys and of those below. */
  readonly digests: readonly string[]
  readonly holdIds: readonly number[]
  readonly postingIds: readonly number[]
  /** Of keys of other requests, whose postings are wanted too. */
  readonly otherDigests: readonly string[]
  /** Whether it only moves money between accounts that it names by number. */
  readonly isPlain: boolean
  readonly opensAccounts: boolean
  readonly placesHolds: boolean
}

const plainKinds: ReadonlySet<CommandKind> = new Set(['deposit', 'withdraw', 'transfer'])

export function requiredRows(commands: readonly Command[]): RequiredRows {
  const accountNumbers = new Set<string>()
  const digests = new Set<string>()
  const holdIds = new Set<number>()
  const postingIds = new Set<number>()
  const otherDigests = new Set<string>()
  for (const command of commands) {
    const { idempotencyKey } = command
    if (idempotencyKey !== undefined) digests.add(keyDigest(idempotencyKey))
    const { accounts, holds = [], postings = [], keys = [] } = requiredState(command)
    for (const number of accounts) accountNumbers.add(number)
    for (const id of holds) holdIds.add(id)
    for (const id of postings) postingIds.add(id)
    for (const key of keys) otherDigests.add(keyDigest(key))
  }
  return {
    accountNumbers,
    digests: [...digests.union(otherDigests)],
    holdIds: [...holdIds],
    postingIds: [...postingIds],
    otherDigests: [...otherDigests],
    isPlain: commands.every(({ kind }) => plainKinds.has(kind)),
    opensAccounts: commands.some(({ kind }) => kind === 'open'),
    placesHolds: commands.some(({ kind }) => kind === 'hold'),
  }
}
