/** Lists of posting ids as bytes: 6 bytes an id, big end first, so that no list must be read to be added to. */

const ID_BYTES = 6

export function encodeIds(ids: readonly number[]): Buffer {
  const bytes = Buffer.allocUnsafe(ids.length * ID_BYTES)
  for (const [index, id] of ids.entries()) bytes.writeUIntBE(id, index * ID_BYTES, ID_BYTES)
  return bytes
}

export function decodeIds(bytes: Buffer): number[] {
  const ids: number[] = []
  for (let offset = 0; offset < bytes.length; offset += ID_BYTES) ids.push(bytes.readUIntBE(offset, ID_BYTES))
  return ids
}

/** How many ids the bytes hold. */
export function countIds(bytes: Buffer): number {
  return bytes.length / ID_BYTES
}
