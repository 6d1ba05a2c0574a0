import { parseArgs } from 'node:util'

/** The options that every peer takes. */
export function readPeerOptions(): { port: number; workers: number } {
  const { values } = parseArgs({
    options: { port: { type: 'string', default: '8000' }, workers: { type: 'string', default: '1' } },
  })
  return { port: Number(values.port), workers: Number(values.workers) }
}
