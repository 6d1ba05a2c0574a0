import type { Read, Setting } from './settings.ts'

const ALLOWED_HOSTS: Setting = { flag: 'allowed-hosts', variable: 'ATM_ALLOWED_HOSTS', preset: '' }
const CORS_ORIGIN: Setting = { flag: 'cors-origin', variable: 'ATM_CORS_ORIGIN', preset: '' }

/** The settings for requests that come from browsers. */
export const originSettings = [ALLOWED_HOSTS, CORS_ORIGIN] as const

export interface Origins {
  /** Names or addresses that a request may be for, besides those of this machine. */
  readonly allowedHosts: readonly string[]
  /** Origins whose pages may use the service, such as `https://teller.example`. */
  readonly corsOrigins: readonly string[]
}

export function readOrigins(read: Read): Origins {
  return {
    allowedHosts: read(ALLOWED_HOSTS, 'host names without ports, separated by commas', (text) =>
      each(text, (entry) => {
        const origin = originIn(`http://${entry}`)
        return origin?.port === '' ? origin.hostname : undefined
      }),
    ),
    corsOrigins: read(CORS_ORIGIN, 'origins such as https://teller.example, separated by commas', (text) =>
      each(text, (entry) => originIn(entry)?.origin),
    ),
  }
}

/** Undefined for what has a path or is no origin of HTTP, and for a pattern, which would match nothing. */
function originIn(text: string): URL | undefined {
  const url = URL.parse(text)
  const isOrigin = /^https?:\/\/[^*]+$/i.test(text) && url?.href === `${url?.origin}/`
  return isOrigin && url !== null ? url : undefined
}

/** The entries of a list, in the form that requests are compared with; undefined when one of them cannot be read. */
function each(text: string, parse: (entry: string) => string | undefined): readonly string[] | undefined {
  const entries = text === '' ? [] : text.split(',').map((entry) => parse(entry.trim()))
  return entries.every((entry) => entry !== undefined) ? entries : undefined
}
