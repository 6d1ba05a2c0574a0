import { Value } from 'typebox/value'
import { runToEnd } from '../servers/programs.ts'
import type { Traffic } from './request-source.ts'
import { LoadResult } from './result.ts'

/** How long and how hard a server is loaded. */
export interface LoadSettings {
  readonly connections: number
  readonly warmupSeconds: number
  readonly seconds: number
}

/** Starts a load generator and answers what it measured. Rejects when a request was not answered with success. */
export async function runLoadGenerator(
  port: number,
  traffic: Traffic,
  settings: LoadSettings,
): Promise<LoadResult> {
  const printed = await runToEnd('bench/load-generator.ts', {
    port,
    operation: traffic.operation,
    'first-account': traffic.firstAccount,
    accounts: traffic.accounts,
    'fresh-keys': traffic.freshKeys,
    'at-ms': traffic.atMs,
    connections: settings.connections,
    'warmup-seconds': settings.warmupSeconds,
    seconds: settings.seconds,
  })
  const result = Value.Parse(LoadResult, JSON.parse(printed))
  if (result.failures > 0)
    throw new Error(`${result.failures} of ${result.requestsEver} requests were not answered 2xx`)
  return result
}
