import { parseArgs } from 'node:util'

/** A setting cannot be used; the message names it in one line. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

/** A flag with the environment variable that stands in for it, and what holds when neither is given. */
export interface Setting {
  readonly flag: string
  readonly variable: string
  readonly preset: string
}

export type Environment = Readonly<Record<string, string | undefined>>

/** Answers undefined for a text that is not what is wanted. */
export type Parse<Value> = (text: string) => Value | undefined

/** Reads one setting, which must be what `want` says in words. Throws `ConfigError`. */
export type Read = <Value>(setting: Setting, want: string, parse: Parse<Value>) => Value

/**
 * The way to read settings from flags and environment; a flag wins. An empty value counts as not given, as hosts often
 * set those. Throws `ConfigError` at a flag that is none of the settings.
 */
export function readerOf(
  args: readonly string[],
  environment: Environment,
  settings: readonly Setting[],
): Read {
  const flags = readFlags(args, settings)
  return ({ flag, variable, preset }, want, parse) => {
    const fromFlag = flags.get(flag)
    const text = fromFlag ?? (environment[variable] || preset)
    const value = parse(text)
    if (value !== undefined) return value
    const source = fromFlag === undefined ? variable : `--${flag}`
    throw new ConfigError(`${source} must be ${want}, but it is "${withoutPassword(text).slice(0, 64)}"`)
  }
}

/** The URL as it may be logged. */
export function withoutPassword(url: string): string {
  return url.replace(/(:\/\/[^/:@]*):.*@/s, '$1:***@')
}

export function wholeNumber(text: string, least: number, most: number): number | undefined {
  const value = Number(text)
  return /^\d{1,9}$/.test(text) && value >= least && value <= most ? value : undefined
}

function readFlags(args: readonly string[], settings: readonly Setting[]): ReadonlyMap<string, string> {
  const options = Object.fromEntries(settings.map(({ flag }) => [flag, { type: 'string' as const }]))
  try {
    const { values } = parseArgs({ args: [...args], options, allowPositionals: false })
    return new Map(
      Object.entries(values).flatMap(([flag, value]) => (typeof value === 'string' ? [[flag, value]] : [])),
    )
  } catch (error) {
    const [reason = ''] = (error instanceof Error ? error.message : String(error)).split('\n')
    throw new ConfigError(
      `${reason.slice(0, 160)} (flags: ${settings.map(({ flag }) => `--${flag}`).join(', ')})`,
    )
  }
}
