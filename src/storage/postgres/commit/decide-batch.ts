import type { Account } from '../../../ledger/accounts.ts'
import { BatchState } from '../../../ledger/batch/batch-state.ts'
import { isCashDrawer } from '../../../ledger/cash-drawers.ts'
import type { Command } from '../../../ledger/commands/registry.ts'
import { decide } from '../../../ledger/decide.ts'
import type { Outcome } from '../../../ledger/outcomes.ts'
import type { Posting } from '../../../ledger/postings.ts'
import type { Terms } from '../../../ledger/terms.ts'
import type { Loaded, VersionedAccount } from '../tables/entity.ts'
import { FIRST_PROVISIONAL_ID, realId } from '../tables/postings.ts'

export interface DecidingOptions {
  readonly terms: Terms
  /** Milliseconds since 1970, UTC. */
  readonly clock: () => number
  /** How far the clock may be from the server's, at any distance when undefined. */
  readonly clockToleranceMs?: number
}

/** A batch that has been decided and is not yet written. */
export interface Decided {
  readonly state: BatchState
  /** By id: the accounts as they were read, customers' and drawers'. */
  readonly read: ReadonlyMap<number, VersionedAccount>
  /** With provisional posting ids, see `numberedFrom`. */
  readonly outcomes: readonly Outcome[]
}

/** Decides the commands on what was loaded. Postings have provisional ids until the database gives theirs. */
export function decideAll(
  commands: readonly Command[],
  { accounts, ...loaded }: Loaded,
  /** The cash drawer to use before all others. */
  firstDrawerId: number | undefined,
  { terms, clock }: DecidingOptions,
): Decided {
  const copies = accounts.map(copyOf)
  const drawers = copies.filter(({ id }) => isCashDrawer(id))
  const state = new BatchState({
    ...loaded,
    accounts: copies,
    cashDrawers: drawers.toSorted(
      (left, right) => Number(right.id === firstDrawerId) - Number(left.id === firstDrawerId),
    ),
    nextPostingId: FIRST_PROVISIONAL_ID,
    nowMs: accounts.reduce((latest, { latestMs }) => Math.max(latest, latestMs), clock()),
    timeZone: terms.timeZone,
  })
  return {
    state,
    read: new Map(accounts.map((account) => [account.id, account])),
    outcomes: commands.map((command) => decide(state, command, terms)),
  }
}

/** The outcomes once the id of the first posting is known. Those that repeat an earlier batch's keep their ids. */
export function numberedFrom(firstPostingId: number, { outcomes }: Decided): readonly Outcome[] {
  const numbered = ({ id, reversedPostingId, ...posting }: Posting): Posting => ({
    ...posting,
    id: realId(id, firstPostingId),
    reversedPostingId: reversedPostingId && realId(reversedPostingId, firstPostingId),
  })
  return outcomes.map((outcome) => {
    if (!('posting' in outcome) || outcome.posting.id < FIRST_PROVISIONAL_ID) return outcome
    const posting = numbered(outcome.posting)
    if (outcome.status === 'posted') return { ...outcome, posting }
    return { ...outcome, posting, hold: { ...outcome.hold, capturePostingId: posting.id } }
  })
}

/** The accounts that the batch changed or opened, as it leaves them, each in its next version. */
export function accountsLeftBy({ state, read }: Decided): readonly VersionedAccount[] {
  const { changed, opened } = state.accounts
  const left = new Set([...changed, ...opened.map(({ account }) => account)])
  return [...left].map((account) => {
    const version = (read.get(account.id)?.version ?? 0) + 1
    return { ...copyOf(account), version, latestMs: state.nowMs }
  })
}

function copyOf({ id, number, balance, status, limits, withdrawn, openHolds }: Readonly<Account>): Account {
  return { id, number, balance, status, limits, withdrawn, openHolds }
}
