import { StoreOpenError } from './store.ts'

/** The version of a store's schema, and the newest that this program has. */
export interface SchemaVersion {
  /** What people call the store. */
  readonly store: string
  readonly version: number
  readonly newest: number
}

/** Throws `StoreOpenError` where a newer version of this program has written the store. */
export function assertKnownSchema({ store, version, newest }: SchemaVersion): void {
  if (version <= newest) return
  throw new StoreOpenError(
    `${store} was written by a newer version of this program (store version ${version}, this one knows ${newest}); run that version`,
  )
}

/** Throws `StoreOpenError` unless the store has the newest schema: for readers, who must not migrate. */
export function assertCurrentSchema({ store, version, newest }: SchemaVersion): void {
  if (version === newest) return
  throw new StoreOpenError(
    `${store} is not a store of this version; start the service on it once, or name another store`,
  )
}
