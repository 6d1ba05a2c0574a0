import { balanceAtAnInstant } from './balance-at.ts'
import { balanceReadsOnOneProcess } from './balance-reads.ts'
import { freshKeysAgainstNone, hotAccountAgainstMany } from './contention.ts'
import { deposits } from './deposits.ts'
import { diskOfAPosting } from './disk.ts'
import { engineAlone } from './engine.ts'
import { startAndIdleMemory } from './footprint.ts'
import { loadGeneratorAlone } from './generator.ts'
import { largeStore, manyLiveKeys } from './growth.ts'
import { streamedHistory } from './history-stream.ts'
import type { Part } from './part.ts'
import { postgresAgainstEmbedded } from './postgres.ts'
import { postgresWithLatency } from './postgres-latency.ts'

/** Everything that is measured, in the order in which it runs. */
export const allParts: readonly Part[] = [
  deposits,
  balanceReadsOnOneProcess,
  hotAccountAgainstMany,
  freshKeysAgainstNone,
  postgresAgainstEmbedded,
  startAndIdleMemory,
  loadGeneratorAlone,
  diskOfAPosting,
  engineAlone,
  manyLiveKeys,
  largeStore,
  streamedHistory,
  balanceAtAnInstant,
  postgresWithLatency,
]
