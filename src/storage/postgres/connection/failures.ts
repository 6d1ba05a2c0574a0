import postgres from 'postgres'

/**
 * What a failure means for the work that met it.
 *
 * - `lost`: the connection is gone or useless, and nobody knows what became of the statement.
 * - `duplicate`: a row of that key is there already; nothing was changed.
 * - `conflict`: another transaction was in the way, or the server takes no writes after a failover; nothing was changed, and
 *   the next try may pass.
 * - `final`: trying again would not help, at least not now; nothing was changed.
 */
export type Failure = 'lost' | 'duplicate' | 'conflict' | 'final'

/** The connection is gone, or was given up because the server did not answer. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost'
}

const failures: ReadonlyMap<string, Failure> = new Map([
  ['23505', 'duplicate'],
  ['40001', 'conflict'],
  ['40P01', 'conflict'],
  ['55P03', 'conflict'],
  ['57014', 'conflict'],
  ['25006', 'conflict'],
  // The server does not know itself whether it was carried out.
  ['40003', 'lost'],
  // The transaction was ended because this instance did not go on with it in time.
  ['25P03', 'lost'],
  ['25P04', 'lost'],
])

/** Connection exceptions; the server is going down or starting. */
const LOST_CLASSES = ['08', '57P']

export function failureFrom(error: unknown): Failure {
  const code = codeOf(error)
  if (code === undefined) return isOfConnection(error) ? 'lost' : 'final'
  if (LOST_CLASSES.some((start) => code.startsWith(start))) return 'lost'
  return failures.get(code) ?? 'final'
}

/** Only the server's own word says that a statement has changed nothing. */
export function saysNothingChanged(error: unknown): boolean {
  return codeOf(error) !== undefined && failureFrom(error) !== 'lost'
}

/** Node's errors of the network and those of the client library have a code; a bug of our own has none. */
function isOfConnection(error: unknown): boolean {
  return error instanceof ConnectionLost || (error instanceof Error && 'code' in error)
}

/** Wrong password, no such database, no right to use it: no later try would do better. */
const REFUSAL = /^(?:28...|3D000|42501)$/

/** Node's codes for a certificate that is not to be trusted. */
const UNTRUSTED = /CERT|SIGNATURE/

/** The server is not one to talk to, as the URL wants it. */
export class NotEncrypted extends Error {
  override readonly name = 'NotEncrypted'
}

/** Whether no later try would do better: the server lets nobody in, or is not the one it should be. */
export function isRefusal(error: unknown): boolean {
  if (error instanceof NotEncrypted) return true
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return REFUSAL.test(codeOf(error) ?? '') || (typeof code === 'string' && UNTRUSTED.test(code))
}

/** The SQLSTATE of an error that came from a server. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof postgres.PostgresError ? error.code : undefined
}
