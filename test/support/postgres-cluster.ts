import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { chown, cp, mkdtemp, writeFile } from 'node:fs/promises'
import { createServer, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { type Binaries, binariesFor, type Owner, serverOwner } from './postgres-binaries.ts'
import { freezeServer, isRunning, sendSignal } from './postgres-processes.ts'

export type Settings = Readonly<Record<string, string>>

const USER = 'atm'
/** Odd enough to be found wherever it should not be. */
export const PASSWORD = 'never-print-this'

/** A folder with servers in it: all of them end, and it is removed, when the process that made it ends. */
export interface Ground {
  readonly folder: string
  readonly owner: Owner
  readonly binaries: Binaries
  /** Ends all servers of the folder, and removes it. */
  remove(): Promise<void>
}

async function prepareGround(parent: string): Promise<Ground> {
  const folder = await mkdtemp(join(parent, 'mini-atm-postgres-'))
  const owner = serverOwner()
  if (owner.uid !== undefined && owner.gid !== undefined) await chown(folder, owner.uid, owner.gid)
  const guardian = spawn(process.execPath, [join(import.meta.dirname, 'postgres-guardian.ts'), folder], {
    // A session of its own, so that a Ctrl-C that ends the tests does not end it too.
    detached: true,
    env: { PATH: process.env['PATH'] },
    stdio: ['pipe', 'ignore', 'inherit'],
  })
  guardian.unref()
  const remove = async (): Promise<void> => {
    guardian.stdin.end()
    guardian.ref()
    if (guardian.exitCode === null) await once(guardian, 'exit')
  }
  return { folder, owner, binaries: await binariesFor(owner, folder), remove }
}

/** Below those that the system gives to clients, so that none takes it while the server is down. */
async function freePort(): Promise<number> {
  const port = randomInt(20_000, 30_000)
  const server = createServer().listen(port, '127.0.0.1')
  try {
    await once(server, 'listening')
  } catch {
    return freePort()
  }
  server.close()
  await once(server, 'close')
  return port
}

/** A PostgreSQL server of the test's own, with its data in a temporary folder. */
export class Cluster {
  readonly #ground: Ground
  readonly #data: string
  readonly port: number
  #settings: Settings
  #server: ChildProcess | undefined
  #log: string[] = []

  private constructor(ground: Ground, name: string, port: number, settings: Settings) {
    this.#ground = ground
    this.#data = join(ground.folder, name)
    this.port = port
    this.#settings = settings
  }

  /**
   * An empty cluster that has not been started. Durable, as PostgreSQL is when nobody says otherwise.
   * `parent` is the folder to make its own folder in; the user that it runs as must be able to enter it.
   */
  static async create(settings: Settings = {}, parent = tmpdir()): Promise<Cluster> {
    const ground = await prepareGround(parent)
    const cluster = new Cluster(ground, 'primary', await freePort(), settings)
    const passwordFile = join(ground.folder, 'password')
    await writeFile(passwordFile, PASSWORD)
    const flags = ['--auth=scram-sha-256', '--encoding=UTF8', '--locale=C', '--no-sync', '--no-instructions']
    await promisify(execFile)(
      ground.binaries.initdb,
      [`--pgdata=${cluster.#data}`, `--username=${USER}`, `--pwfile=${passwordFile}`, ...flags],
      { ...ground.owner, cwd: ground.folder },
    )
    return cluster
  }

  /** A standby that will follow this cluster, which must not be running yet: its folder is copied. */
  async createStandby(name: string, settings: Settings = {}): Promise<Cluster> {
    const primary = `host=127.0.0.1 port=${this.port} user=${USER} password=${PASSWORD} application_name=${name}`
    const standby = new Cluster(this.#ground, name, await freePort(), {
      ...settings,
      primary_conninfo: primary,
    })
    const { uid, gid } = this.#ground.owner
    await cp(this.#data, standby.#data, { recursive: true, preserveTimestamps: true })
    await writeFile(join(standby.#data, 'standby.signal'), '')
    if (uid !== undefined && gid !== undefined)
      await promisify(execFile)('chown', ['-R', `${uid}:${gid}`, standby.#data])
    return standby
  }

  url(database = 'postgres'): string {
    return `postgres://${USER}:${PASSWORD}@127.0.0.1:${this.port}/${database}`
  }

  /** Where everything of it is. */
  get folder(): string {
    return this.#ground.folder
  }

  /** The server's first process, of which all its others are children. */
  get pid(): number {
    const pid = this.#server?.pid
    if (pid === undefined) throw new Error('the server is not running')
    return pid
  }

  /** What the server has printed so far, for a failing test to show. */
  get log(): string {
    return this.#log.join('\n')
  }

  /** Resolves when the server takes connections. Rejects with what it printed when it ends before that. */
  async start(): Promise<void> {
    const settings = {
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      max_connections: '200',
      ...this.#settings,
    }
    const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
    const { binaries, owner, folder } = this.#ground
    const server = spawn(binaries.postgres, ['-D', this.#data, '-p', String(this.port), ...flags], {
      ...owner,
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    this.#server = server
    const ready = new Promise<boolean>((resolve) => {
      createInterface(server.stderr).on('line', (line) => {
        this.#log.push(line)
        if (/ready to accept (?:read-only )?connections/.test(line)) resolve(true)
      })
    })
    if ((await Promise.race([ready, once(server, 'close')])) !== true)
      throw new Error(`the server on port ${this.port} did not start:\n${this.#log.slice(-10).join('\n')}`)
    // It ends with the tests' process, and must not hold that up.
    server.unref()
    if (server.stderr instanceof Socket) server.stderr.unref()
  }

  /** SIGINT ends connections and writes all down; SIGQUIT ends at once, and the next start recovers. */
  async stop(signal: 'SIGINT' | 'SIGQUIT' = 'SIGINT'): Promise<void> {
    await this.#end((pid) => sendSignal(pid, signal))
  }

  /** SIGKILL to the server and to every process of it, as when the power fails. */
  async kill(): Promise<void> {
    let all: readonly number[] = []
    await this.#end((pid) => {
      all = freezeServer(pid)
      for (const each of all) sendSignal(each, 'SIGKILL')
    })
    // The next one cannot start while any of them holds on to the memory they share.
    while (all.some(isRunning)) await pause(5)
  }

  /** Stops all its processes where they stand, as a machine that hangs. Answers what lets them go on. */
  freeze(): () => void {
    const stopped = freezeServer(this.pid)
    return () => {
      for (const pid of stopped) sendSignal(pid, 'SIGCONT')
    }
  }

  /** Ends this cluster and those created from it, and leaves no trace of them. */
  remove(): Promise<void> {
    return this.#ground.remove()
  }

  async #end(signal: (pid: number) => unknown): Promise<void> {
    const { pid } = this
    this.#server?.ref()
    const ended = this.#server === undefined ? undefined : once(this.#server, 'exit')
    signal(pid)
    await ended
    this.#server = undefined
  }
}
