// A program of its own, so that its work is not done by the process it measures: prints one JSON line, the result.
import { type RecordableHistogram, createHistogram, performance } from 'node:perf_hooks'
import { setTimeout } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { openConnection } from './load/connection.ts'
import type { LoadResult } from './load/result.ts'
import { type Operation, createRequestSource, operations } from './load/request-source.ts'

const MICROSECONDS_PER_MS = 1000

function readOptions() {
  const { values } = parseArgs({
    options: {
      port: { type: 'string' },
      operation: { type: 'string', default: 'deposit' },
      'first-account': { type: 'string', default: '1001' },
      accounts: { type: 'string', default: '1' },
      'fresh-keys': { type: 'boolean', default: false },
      'at-ms': { type: 'string', default: '0' },
      connections: { type: 'string', default: '64' },
      'warmup-seconds': { type: 'string', default: '1' },
      seconds: { type: 'string', default: '2' },
    },
  })
  return values
}

function operationOf(name: string): Operation {
  const operation = operations.find((each) => each === name)
  if (operation !== undefined) return operation
  throw new Error(`--operation is one of ${operations.join(', ')}, not ${name}`)
}

function milliseconds(histogram: RecordableHistogram, percentile: number): number {
  return histogram.percentile(percentile) / MICROSECONDS_PER_MS
}

async function run(): Promise<LoadResult> {
  const options = readOptions()
  const port = Number(options.port)
  const traffic = {
    operation: operationOf(options.operation),
    firstAccount: Number(options['first-account']),
    accounts: Number(options.accounts),
    freshKeys: options['fresh-keys'],
    atMs: Number(options['at-ms']),
  }
  const latencies = createHistogram()
  let failures = 0
  let answers = 0
  const onAnswer = (latencyMs: number, success: boolean): void => {
    answers++
    if (!success) failures++
    latencies.record(Math.max(1, Math.round(latencyMs * MICROSECONDS_PER_MS)))
  }
  for (let opened = 0; opened < Number(options.connections); opened++) {
    openConnection(port, createRequestSource(traffic, `127.0.0.1:${port}`), onAnswer)
  }
  await setTimeout(Number(options['warmup-seconds']) * 1000)
  const answersInWarmup = answers
  latencies.reset()
  const startedAtMs = performance.now()
  const cpuBefore = process.cpuUsage()
  const loopBefore = performance.eventLoopUtilization()
  await setTimeout(Number(options.seconds) * 1000)
  const elapsedMs = performance.now() - startedAtMs
  const cpu = process.cpuUsage(cpuBefore)
  const requests = answers - answersInWarmup
  return {
    requests,
    requestsEver: answers,
    requestsPerSecond: (requests / elapsedMs) * 1000,
    p50Ms: milliseconds(latencies, 50),
    p99Ms: milliseconds(latencies, 99),
    maxMs: latencies.max / MICROSECONDS_PER_MS,
    failures,
    generatorCpuShare: (cpu.user + cpu.system) / MICROSECONDS_PER_MS / elapsedMs,
    generatorLoopShare: performance.eventLoopUtilization(loopBefore).utilization,
  }
}

process.stdout.write(`${JSON.stringify(await run())}\n`, () => process.exit(0))
