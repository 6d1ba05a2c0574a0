import { plainTerms } from '../../src/ledger/terms.ts'
import { KEPT_FOR_MS } from '../ledger/generated-commands.ts'
import { batchesConform } from './batches.ts'
import { holdsAndLimitsConform } from './holds-and-limits.ts'
import { keysConform } from './keys.ts'
import { modelPredicts } from './model-property.ts'
import { type Clock, type OpenStore, type StoreUnderTest, usingStores } from './store-under-test.ts'

export type { Clock, OpenStore, StoreUnderTest }

/** The suite that every engine passes. `sequences` is how many generated days the model test compares. */
export function storeConforms(open: OpenStore, sequences: number): void {
  modelPredicts({ open, terms: plainTerms(KEPT_FOR_MS), hoursAheadOfUtc: 0, sequences })
  const withStore = usingStores(open)
  batchesConform(withStore)
  keysConform(withStore)
  holdsAndLimitsConform(withStore)
}
