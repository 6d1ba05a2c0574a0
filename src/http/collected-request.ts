import { IncomingMessage } from 'node:http'

/**
 * A request that gathers its body as it arrives from the parser, instead of handing it through the machinery of a
 * stream. The bodies of this service are a few bytes that arrive with the head of the request, and reading them as a
 * stream costs as much as all the rest of it.
 */
export class CollectedRequest extends IncomingMessage {
  #chunks: Buffer[] = []
  #bytes = 0
  #whole = false
  #limitBytes = Number.POSITIVE_INFINITY
  #onBody: ((body: string | undefined) => void) | undefined

  /** What the parser calls with each piece of the body, and with null after the last. */
  override push(chunk: Buffer | null): boolean {
    if (chunk === null) {
      this.#whole = true
      this.#deliver()
      return super.push(null)
    }
    this.#bytes += chunk.length
    if (this.#bytes > this.#limitBytes) this.#deliver()
    else this.#chunks.push(chunk)
    return true
  }

  /** Calls back once, with the body as text, or with undefined as soon as it is larger than the limit. */
  collect(limitBytes: number, onBody: (body: string | undefined) => void): void {
    this.#limitBytes = limitBytes
    this.#onBody = onBody
    if (this.#whole || this.#bytes > limitBytes) this.#deliver()
  }

  #deliver(): void {
    const onBody = this.#onBody
    this.#onBody = undefined
    if (this.#bytes > this.#limitBytes) {
      this.#chunks = []
      onBody?.(undefined)
    } else {
      onBody?.(Buffer.concat(this.#chunks).toString())
    }
  }
}
