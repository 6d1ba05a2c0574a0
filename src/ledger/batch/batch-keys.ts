import type { KeyRecord } from '../idempotency.ts'
import type { LoadedState } from './loaded-state.ts'

/** The idempotency records of a batch. */
export class BatchKeys {
  readonly #records = new Map<string, KeyRecord>()
  readonly #saved = new Map<string, KeyRecord>()

  constructor({ keyRecords }: LoadedState) {
    for (const record of keyRecords) this.#records.set(record.digest, record)
  }

  /** The record under the digest of a key, expired or not. */
  find(digest: string): KeyRecord | undefined {
    return this.#records.get(digest)
  }

  /** Saves the record in the place of the one under its digest. */
  save(record: KeyRecord): void {
    this.#records.set(record.digest, record)
    this.#saved.set(record.digest, record)
  }

  /** The records to persist: one a digest, in the order in which their digests were first saved. */
  get saved(): readonly KeyRecord[] {
    return [...this.#saved.values()]
  }
}
