import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { get } from 'node:http'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { type Usage, usageOf } from './process-tree.ts'
import { type OptionValues, startProgram } from './programs.ts'

const RETRY_MS = 2

/** A program that listens on the `--port` it is given. */
export interface ServerProgram {
  readonly program: string
  readonly options: OptionValues
  /** The clone to run it from, when that is another one. */
  readonly root?: string
  /** The database server that it works on, if it does. */
  readonly database?: UsedDatabase
}

/** A database that was made for one run of a server. */
export interface UsedDatabase {
  /** The first process of the database server. */
  readonly pid: number
  /** Called after the server has stopped. */
  readonly remove: () => Promise<void>
}

/** A server that has answered its first request. */
export interface RunningServer {
  readonly port: number
  readonly pid: number
  /** From the start of the process to its first answer. */
  readonly startMs: number
  /** What it had used at its first answer. */
  readonly usageAtStart: Usage
  readonly stop: () => Promise<void>
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  if (address === null || typeof address === 'string') throw new Error('no free port')
  return address.port
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get(
      { port, host: '127.0.0.1', path: '/accounts/1001/balance', agent: false },
      (response) => {
        response.resume()
        response.once('close', () => resolve(true))
      },
    )
    request.once('error', () => resolve(false))
  })
}

async function waitForFirstAnswer(child: ChildProcess, port: number, logPath: string): Promise<void> {
  while (!(await answers(port))) {
    if (child.exitCode !== null) throw new Error(`the server did not start: ${readFileSync(logPath, 'utf8')}`)
    await setTimeout(RETRY_MS)
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null)
    throw new Error('the server ended before it was told to')
  const closed = once(child, 'close')
  child.kill('SIGTERM')
  await closed
}

/** Starts a server in a process of its own. Its log goes to a file in the folder, as it would in earnest. */
export async function startServer(
  { program, options, root }: ServerProgram,
  folder: string,
): Promise<RunningServer> {
  const port = await freePort()
  const logPath = join(folder, 'server.log')
  const log = openSync(logPath, 'a')
  const startedAtMs = performance.now()
  const child = startProgram(program, { port, ...options }, log, root)
  closeSync(log)
  await waitForFirstAnswer(child, port, logPath)
  const startMs = performance.now() - startedAtMs
  const { pid } = child
  if (pid === undefined) throw new Error(`${program} did not start`)
  return { port, pid, startMs, usageAtStart: usageOf(pid), stop: () => stop(child) }
}
