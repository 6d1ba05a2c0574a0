import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

export const projectRoot = join(import.meta.dirname, '..', '..')

/** How a finished process ended, and all it printed. */
export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** A real service process, started the way `npm start` does it. */
export interface Service {
  /** Such as `http://127.0.0.1:41233`. */
  readonly url: string
  readonly process: ChildProcess
  /** The log lines printed so far. */
  readonly lines: readonly string[]
  /** Sends the signal and answers how the process ended. */
  stop(signal?: NodeJS.Signals): Promise<Exit>
}

function runNode(args: readonly string[], env: NodeJS.ProcessEnv, cwd: string, timeout = 0): ChildProcess {
  const launcher = join(projectRoot, 'bin', 'require-node.mjs')
  return spawn(process.execPath, ['--import', launcher, ...args], {
    cwd,
    timeout,
    killSignal: 'SIGKILL',
    // The service counts towards coverage too: it is where most of the code runs.
    env: { PATH: process.env['PATH'], NODE_V8_COVERAGE: process.env['NODE_V8_COVERAGE'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

async function exitOf(child: ChildProcess, stdout: () => string, stderr: () => string): Promise<Exit> {
  await once(child, 'close')
  return { code: child.exitCode, signal: child.signalCode, stdout: stdout(), stderr: stderr() }
}

function collect(stream: NodeJS.ReadableStream | null): () => string {
  let text = ''
  stream?.setEncoding('utf8')
  stream?.on('data', (chunk: string) => (text += chunk))
  return () => text
}

/** A program that has not ended by itself by then is killed, and then has no exit code. */
const RUN_TIMEOUT_MS = 60_000

/** Runs one of the project's programs, such as `src/verify.ts`, to its end. */
export async function run(
  program: string,
  args: readonly string[] = [],
  env: NodeJS.ProcessEnv = {},
  cwd: string = projectRoot,
): Promise<Exit> {
  const child = runNode([join(projectRoot, program), ...args], env, cwd, RUN_TIMEOUT_MS)
  return exitOf(child, collect(child.stdout), collect(child.stderr))
}

let defaultStore = (): Promise<string> => Promise.resolve('memory:')

/** Gives services that name no store another one than `memory:`: each the store that `create` answers then. */
export function setDefaultStore(create: () => Promise<string>): void {
  defaultStore = create
}

/**
 * Starts the service on a free port and answers once it listens; on the default store when no arguments are given.
 * Rejects with what it printed when it ends before that.
 */
export async function startService(
  given?: readonly string[],
  env: NodeJS.ProcessEnv = {},
  cwd: string = projectRoot,
): Promise<Service> {
  const args = given ?? ['--store', await defaultStore()]
  const child = runNode([join(projectRoot, 'src', 'main.ts'), '--port', '0', ...args], env, cwd)
  const { stdout } = child
  if (stdout === null) throw new Error('the service has no standard output')
  const stderr = collect(child.stderr)
  const lines: string[] = []
  const ended = exitOf(child, () => lines.join('\n'), stderr)
  const url = new Promise<string>((resolve) => {
    createInterface(stdout).on('line', (line) => {
      lines.push(line)
      const listening = /"url":"(http:[^"]+)"/.exec(line)?.[1]
      if (listening !== undefined) resolve(listening)
    })
  })
  const started = await Promise.race([url, ended])
  if (typeof started !== 'string')
    throw new Error(`the service did not start: ${started.stdout}${started.stderr}`)
  return {
    url: started,
    process: child,
    lines,
    stop: (signal = 'SIGTERM') => {
      child.kill(signal)
      return ended
    },
  }
}

/** A test, or whatever else lets one clean up after itself. */
export interface Cleanup {
  after(hook: () => Promise<void>): void
}

/** An empty folder that is removed when the test ends. */
export async function temporaryFolder(test: Cleanup, parent: string = tmpdir()): Promise<string> {
  const folder = await mkdtemp(join(parent, 'mini-atm-'))
  test.after(() => rm(folder, { recursive: true, force: true }))
  return folder
}
