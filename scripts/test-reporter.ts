import { relative } from 'node:path'
import { spec, type TestEvent } from 'node:test/reporters'

type Diagnostic = Extract<TestEvent, { readonly type: 'test:diagnostic' }>

/** What Node's own `spec` output shows of a run: failures, skipped tests with their reasons, counts and coverage. */
function isShown(event: TestEvent): boolean {
  if (event.type === 'test:pass') return event.data.skip !== undefined && event.data.skip !== false
  return event.type === 'test:fail' || event.type === 'test:coverage' || event.type === 'test:stderr'
}

/** One line for each file as it ends, so that nobody waits before a still screen. */
function progress(ended: number, { file, counts, duration_ms: durationMs }: SummaryData): string {
  const failed = counts.tests - counts.passed - counts.skipped - counts.todo
  const result = failed === 0 ? `${counts.passed} passed` : `${failed} FAILED of ${counts.tests}`
  const seconds = (durationMs / 1_000).toFixed(1)
  return `${String(ended).padStart(4)}  ${seconds.padStart(6)} s  ${result.padEnd(14)} ${relative('.', file ?? '')}\n`
}

type SummaryData = Extract<TestEvent, { readonly type: 'test:summary' }>['data']

/** Progress file by file, then what was repeated how often, what failed, and last how many tests passed. */
export default async function* report(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const shown = new spec()
  const render = (event: TestEvent): string => {
    shown.write(event)
    return String(shown.read() ?? '')
  }
  const repeated: string[] = []
  const counts: Diagnostic[] = []
  let summary: TestEvent | undefined
  let ended = 0
  for await (const event of events) {
    if (isShown(event)) yield render(event)
    else if (event.type === 'test:diagnostic' && event.data.file === undefined) counts.push(event)
    else if (event.type === 'test:diagnostic')
      repeated.push(`  ${relative('.', event.data.file ?? '')}: ${event.data.message}\n`)
    else if (event.type === 'test:summary' && event.data.file !== undefined)
      yield progress(++ended, event.data)
    else if (event.type === 'test:summary') summary = event
  }
  if (repeated.length > 0) yield `\nWhat was tried, and how often:\n${repeated.join('')}\n`
  // Node prints the counts before the coverage table, and the table then pushes them off the screen.
  for (const event of [summary, ...counts]) if (event !== undefined) yield render(event)
}
