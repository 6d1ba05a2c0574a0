const LINE_FEED = 0x0a
const ZERO = 0x30
const NINE = 0x39
const STATUS_AT = 'HTTP/1.1 '.length
const CONTENT_LENGTH = Buffer.from('content-length:')
const LOWER_CASE = 0x20

function isContentLength(bytes: Uint8Array, start: number): boolean {
  for (let index = 0; index < CONTENT_LENGTH.length; index++) {
    if (((bytes[start + index] ?? 0) | LOWER_CASE) !== ((CONTENT_LENGTH[index] ?? 0) | LOWER_CASE))
      return false
  }
  return true
}

function decimalAt(bytes: Uint8Array, start: number): number {
  let value = 0
  for (let index = start; ; index++) {
    const byte = bytes[index] ?? 0
    if (byte >= ZERO && byte <= NINE) value = value * 10 + byte - ZERO
    else if (byte !== LOWER_CASE) return value
  }
}

/**
 * The length of the whole response that starts the bytes, or -1 when more must arrive to tell.
 * Reads only what a load generator needs: every server under test sends a Content-Length.
 */
export function responseLength(bytes: Uint8Array, end: number): number {
  let contentLength = 0
  let lineStart = 0
  for (let index = 0; index < end; index++) {
    if (bytes[index] !== LINE_FEED) continue
    if (index - lineStart <= 1) return index + 1 + contentLength
    lineStart = index + 1
    if (isContentLength(bytes, lineStart)) contentLength = decimalAt(bytes, lineStart + CONTENT_LENGTH.length)
  }
  return -1
}

/** Whether the status of the response that starts the bytes is one of the two hundreds. */
export function isSuccess(bytes: Uint8Array): boolean {
  return bytes[STATUS_AT] === ZERO + 2
}
