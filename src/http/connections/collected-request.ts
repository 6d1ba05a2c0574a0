import { IncomingMessage } from 'node:http'
import { BODY_LIMIT_BYTES } from '../errors/catalogue.ts'

/** What became of a body: its bytes, that it is larger than the limit, or that it will never be whole. */
export type CollectedBody = { readonly bytes: Buffer } | 'too large' | Error

/**
 * A request that gathers its body as it arrives from the parser, instead of handing it through the machinery of a
 * stream. The bodies of this service are a few bytes that arrive with the head of the request, and reading them as a
 * stream costs as much as all the rest of it. What is above the limit is let go, whether anybody asks for it or not.
 */
export class CollectedRequest extends IncomingMessage {
  #chunks: Buffer[] = []
  #bytes = 0
  #isWhole = false
  #onBody: ((body: CollectedBody) => void) | undefined

  /** What the parser calls with each piece of the body, and with null after the last. */
  override push(chunk: Buffer | null): boolean {
    if (chunk === null) {
      this.#isWhole = true
      this.#finish()
      return super.push(null)
    }
    this.#bytes += chunk.length
    if (this.#bytes <= BODY_LIMIT_BYTES) this.#chunks.push(chunk)
    else this.#finish()
    return true
  }

  /** Calls back once: as soon as the body is whole, too large, or cut off. */
  collect(onBody: (body: CollectedBody) => void): void {
    this.#onBody = onBody
    this.on('error', (error) => this.#answer(error))
    if (this.#isWhole || this.#bytes > BODY_LIMIT_BYTES) this.#finish()
  }

  #finish(): void {
    const isTooLarge = this.#bytes > BODY_LIMIT_BYTES
    this.#answer(isTooLarge ? 'too large' : { bytes: this.#joined() })
    if (isTooLarge) this.#chunks = []
  }

  #joined(): Buffer {
    const [first, ...others] = this.#chunks
    // Nearly always the body arrives in one piece, which need not be copied.
    return first !== undefined && others.length === 0 ? first : Buffer.concat(this.#chunks)
  }

  #answer(body: CollectedBody): void {
    const onBody = this.#onBody
    this.#onBody = undefined
    onBody?.(body)
  }
}
