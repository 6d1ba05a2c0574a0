import { Type, type Static } from 'typebox'

/** What a load generator measured after its warm-up, as it prints it. */
export const LoadResult = Type.Object({
  requests: Type.Number(),
  /** Warm-up included: what the server has really done. */
  requestsEver: Type.Number(),
  requestsPerSecond: Type.Number(),
  p50Ms: Type.Number(),
  p99Ms: Type.Number(),
  maxMs: Type.Number(),
  /** Answers with another status than 2xx, warm-up included. */
  failures: Type.Number(),
  /** Processor time of the load generator in shares of one core. */
  generatorCpuShare: Type.Number(),
  /** The share of the time in which its event loop was not waiting: 1 would make it the bottleneck. */
  generatorLoopShare: Type.Number(),
})

export type LoadResult = Static<typeof LoadResult>
