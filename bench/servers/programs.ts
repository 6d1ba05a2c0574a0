import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

export const projectRoot = join(import.meta.dirname, '..', '..')

/** Options by name: a switch that is false and what is undefined are left out. */
export type OptionValues = Readonly<Record<string, string | number | boolean | undefined>>

/** Writes options the way a command line does. */
export function commandLine(options: OptionValues): string[] {
  return Object.entries(options).flatMap(([name, value]) => {
    if (value === undefined || value === false) return []
    return value === true ? [`--${name}`] : [`--${name}`, String(value)]
  })
}

/**
 * Starts one of the project's programs as npm scripts do, or that of another clone of it in the folder `root`. A file
 * descriptor takes what it prints, errors too.
 */
export function startProgram(
  program: string,
  options: OptionValues,
  output: number | 'pipe',
  root: string = projectRoot,
): ChildProcess {
  const launcher = join(root, 'bin', 'require-node.mjs')
  const args = ['--import', launcher, join(root, program), ...commandLine(options)]
  return spawn(process.execPath, args, {
    cwd: root,
    env: { PATH: process.env['PATH'] },
    stdio: ['ignore', output, output === 'pipe' ? 'inherit' : output],
  })
}

/** Runs a program to its end and answers what it printed. Rejects when its exit code is not 0. */
export async function runToEnd(program: string, options: OptionValues, root?: string): Promise<string> {
  const child = startProgram(program, options, 'pipe', root)
  if (child.stdout === null) throw new Error(`${program} has no standard output`)
  const [printed] = await Promise.all([text(child.stdout), once(child, 'close')])
  if (child.exitCode !== 0) throw new Error(`${program} ended with exit code ${child.exitCode}`)
  return printed
}
