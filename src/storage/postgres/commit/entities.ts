import { effectOf, requiredState, type Command } from '../../../ledger/commands/registry.ts'
import type { Effect } from '../../../ledger/commands/definition.ts'
import { keyDigest } from '../../../ledger/idempotency.ts'
import { resultsInOrder, type Session } from '../connection/session.ts'
import { accounts } from '../tables/accounts.ts'
import {
  type Changes,
  type Entity,
  type Loaded,
  NOTHING_LOADED,
  type References,
  type RequiredRows,
  type ToLoad,
} from '../tables/entity.ts'
import { holds } from '../tables/holds.ts'
import { keys } from '../tables/keys.ts'
import { postings } from '../tables/postings.ts'

/**
 * All that batches load and save; what is new to them is added here. Accounts come first: they are locked before
 * anything else is read, and a statement sees what was committed before it began. So whatever is loaded by an id must
 * change together with an account that is loaded with it.
 */
const entities: readonly Entity[] = [accounts, keys, holds, postings]

export function requiredRows(commands: readonly Command[]): RequiredRows {
  const accountNumbers = new Set<string>()
  const digests = new Set<string>()
  const holdIds = new Set<number>()
  const postingIds = new Set<number>()
  const otherDigests = new Set<string>()
  const effects = new Set<Effect>()
  for (const command of commands) {
    const { idempotencyKey } = command
    if (idempotencyKey !== undefined) digests.add(keyDigest(idempotencyKey))
    const required = requiredState(command)
    for (const number of required.accounts) accountNumbers.add(number)
    for (const id of required.holds ?? []) holdIds.add(id)
    for (const id of required.postings ?? []) postingIds.add(id)
    for (const key of required.keys ?? []) otherDigests.add(keyDigest(key))
    const effect = effectOf(command)
    if (effect !== undefined) effects.add(effect)
  }
  return {
    accountNumbers,
    digests: [...digests.union(otherDigests)],
    holdIds: [...holdIds],
    postingIds: [...postingIds],
    otherDigests: [...otherDigests],
    effects,
  }
}

/** Whether the batch only moves money between accounts that it names by number. */
export function isPlain({ holdIds, postingIds, otherDigests, effects }: RequiredRows): boolean {
  return holdIds.length + postingIds.length + otherDigests.length + effects.size === 0
}

/** Finds which accounts are to be locked before what is named by an id can be read: one round trip, or none. */
export async function resolveReferences(session: Session, required: RequiredRows): Promise<References> {
  const found = await Promise.all(entities.flatMap((entity) => entity.resolve?.(session, required) ?? []))
  const all = (name: keyof References): number[] => [
    ...new Set(found.flatMap((references) => references[name] ?? [])),
  ]
  return { accountIds: all('accountIds'), holdIds: all('holdIds'), postingIds: all('postingIds') }
}

/** Loads and locks, in one round trip. */
export async function load(session: Session, toLoad: ToLoad): Promise<Loaded> {
  const parts = await resultsInOrder(entities.map((entity) => entity.load(session, toLoad)))
  return parts.reduce<Loaded>((loaded, part) => ({ ...loaded, ...part }), NOTHING_LOADED)
}

/** Saves what the writing statement does not; nothing to await where there is no such thing. */
export function save(session: Session, changes: Changes): readonly Promise<unknown>[] {
  return entities.flatMap((entity) => entity.save?.(session, changes) ?? [])
}
