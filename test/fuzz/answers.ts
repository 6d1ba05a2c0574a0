/** One HTTP answer as it came over the wire, its body no longer chunked. */
export interface RawAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}

interface Part<Value> {
  readonly value: Value
  /** Where the next one starts. */
  readonly end: number
}

const BLANK_LINE = '\r\n\r\n'

/**
 * The answers that are complete, in order. `methods` are those of the requests, as an answer to HEAD has no body;
 * where they end, GET is assumed. Interim answers such as 100 are left out. Throws when it is not HTTP.
 */
export function parseAnswers(received: Buffer, methods: readonly string[]): readonly RawAnswer[] {
  const answers: RawAnswer[] = []
  let start = 0
  while (start < received.length) {
    const part = parseAnswer(received, start, methods[answers.length] ?? 'GET')
    if (part === undefined) break
    if (part.value.status >= 200) answers.push(part.value)
    start = part.end
  }
  return answers
}

function parseAnswer(received: Buffer, start: number, method: string): Part<RawAnswer> | undefined {
  const headEnd = received.indexOf(BLANK_LINE, start)
  if (headEnd < 0) return undefined
  const [statusLine = '', ...lines] = received.toString('latin1', start, headEnd).split('\r\n')
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(statusLine)?.[1])
  if (Number.isNaN(status)) throw new Error(`not a status line: ${JSON.stringify(statusLine.slice(0, 200))}`)
  const headers: Record<string, string> = {}
  for (const line of lines) {
    const colon = line.indexOf(':')
    headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim()
  }
  const bodyless = method === 'HEAD' || status < 200 || status === 204 || status === 304
  const body = parseBody(received, headEnd + BLANK_LINE.length, bodyless ? {} : headers)
  return body && { value: { status, headers, text: body.value }, end: body.end }
}

function parseBody(received: Buffer, start: number, headers: RawAnswer['headers']): Part<string> | undefined {
  if (headers['transfer-encoding'] === 'chunked') return parseChunks(received, start)
  const end = start + Number(headers['content-length'] ?? 0)
  return end <= received.length ? { value: received.toString('utf8', start, end), end } : undefined
}

function parseChunks(received: Buffer, start: number): Part<string> | undefined {
  const chunks: Buffer[] = []
  for (let at = start; ;) {
    const lineEnd = received.indexOf('\r\n', at)
    if (lineEnd < 0) return undefined
    const length = Number.parseInt(received.toString('latin1', at, lineEnd), 16)
    const chunkEnd = lineEnd + 2 + length
    if (!(chunkEnd + 2 <= received.length)) return undefined
    chunks.push(received.subarray(lineEnd + 2, chunkEnd))
    at = chunkEnd + 2
    if (length === 0) return { value: Buffer.concat(chunks).toString('utf8'), end: at }
  }
}
