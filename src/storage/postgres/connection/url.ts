import { readFileSync } from 'node:fs'
import { StoreOpenError } from '../../store.ts'

/** Where one server listens: a host and port, or a Unix socket. */
export interface Address {
  readonly host: string
  readonly port: number
  readonly path?: string
}

/** How a connection is encrypted, as the client library takes it. */
export type Encryption = false | 'prefer' | 'require' | CheckedEncryption

export interface CheckedEncryption {
  readonly ca?: string
  /** Whether the certificate must be the host's own, and not just one of a known authority. */
  readonly checksHost: boolean
}

/** What the URL of a store says. */
export interface Target {
  /** Several when a standby may take over: whichever takes writes is used. */
  readonly addresses: readonly Address[]
  readonly user?: string
  readonly password?: string
  readonly database?: string
  readonly encryption: Encryption
  readonly applicationName: string
  /** Whether statements are prepared once for a connection. */
  readonly prepares: boolean
  /** How many connections the readers share. */
  readonly readers: number
}

const DEFAULT_PORT = 5_432
const DEFAULT_READERS = 4
const MAX_READERS = 100

const FORM =
  /^postgres(?:ql)?:\/\/(?:(?<user>[^:@/]*)(?::(?<password>[^@/]*))?@)?(?<hosts>[^/?#]*)(?:\/(?<database>[^?#]*))?(?:\?(?<query>.*))?$/
const HOST_FORM = /^(\[[^\]]+\]|[^:]*)(?::(\d{1,5}))?$/

const PARAMETERS = [
  'host',
  'sslmode',
  'sslrootcert',
  'readers',
  'prepare',
  'application_name',
  'target_session_attrs',
]

/** Reads `postgres://user:password@host1:5432,host2:5432/database?…`. Throws `StoreOpenError`, without the password. */
export function readTarget(url: string): Target {
  const parts = FORM.exec(url)?.groups
  if (parts === undefined) {
    throw new StoreOpenError(
      'the URL of the store is not of the form postgres://USER:PASSWORD@HOST:PORT/DATABASE; write "@", "/" and ":" in a password as %40, %2F and %3A',
    )
  }
  const query = new URLSearchParams(parts['query'] ?? '')
  for (const name of query.keys()) {
    if (!PARAMETERS.includes(name))
      throw new StoreOpenError(
        `the URL of the store has a parameter ${name}; known are ${PARAMETERS.join(', ')}`,
      )
  }
  const hosts = decoded(parts['hosts'] || query.get('host') || 'localhost')
  const { user, password, database } = parts
  return {
    addresses: hosts.split(',').map(readAddress),
    ...(user && { user: decoded(user) }),
    ...(password && { password: decoded(password) }),
    ...(database && { database: decoded(database) }),
    encryption: readEncryption(query),
    applicationName: query.get('application_name') ?? 'mini-atm',
    prepares: oneOf(query, 'prepare', ['true', 'false']) !== 'false',
    readers: readReaders(query.get('readers')),
  }
}

function readAddress(text: string): Address {
  const [, host = '', port] = HOST_FORM.exec(text) ?? []
  const portNumber = Number(port ?? DEFAULT_PORT)
  if (host === '' || portNumber < 1 || portNumber > 65_535)
    throw new StoreOpenError(`the URL of the store names no host and port in "${text.slice(0, 64)}"`)
  if (host.startsWith('/')) return { host, port: portNumber, path: `${host}/.s.PGSQL.${portNumber}` }
  return { host: host.replace(/^\[(.*)\]$/, '$1'), port: portNumber }
}

function readEncryption(query: URLSearchParams): Encryption {
  const modes = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const
  const mode = oneOf(query, 'sslmode', modes)
  const caPath = query.get('sslrootcert')
  if (mode === 'disable') return false
  if (mode === undefined || mode === 'allow' || mode === 'prefer') return 'prefer'
  if (mode === 'require' && caPath === null) return 'require'
  return { checksHost: mode === 'verify-full', ...(caPath !== null && { ca: readCertificate(caPath) }) }
}

function readCertificate(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new StoreOpenError(`the sslrootcert ${path} cannot be read`, { cause: error })
  }
}

function readReaders(text: string | null): number {
  const readers = Number(text ?? DEFAULT_READERS)
  if (Number.isInteger(readers) && readers >= 1 && readers <= MAX_READERS) return readers
  throw new StoreOpenError(`the URL of the store must have readers from 1 to ${MAX_READERS}`)
}

function oneOf<Word extends string>(
  query: URLSearchParams,
  name: string,
  words: readonly Word[],
): Word | undefined {
  const text = query.get(name)
  if (text === null) return undefined
  const word = words.find((each) => each === text)
  if (word !== undefined) return word
  throw new StoreOpenError(`the URL of the store must have ${name} as one of ${words.join(', ')}`)
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch (error) {
    throw new StoreOpenError('the URL of the store has a "%" that is not the start of a coded character', {
      cause: error,
    })
  }
}
