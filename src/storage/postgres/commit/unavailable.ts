import { StoreUnavailable } from '../../store.ts'
import { CannotConnect } from '../connection/connecting.ts'

/** What a write that has failed for good is answered with. Nothing has changed. */
export function asUnavailable(cause: unknown): StoreUnavailable {
  if (cause instanceof StoreUnavailable) return cause
  const isAway = cause instanceof CannotConnect
  const reason = isAway ? 'no database server that takes writes is to be had' : 'the database could not write'
  return new StoreUnavailable(reason, { cause })
}
