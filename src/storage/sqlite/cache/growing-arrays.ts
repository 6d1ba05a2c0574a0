/**
 * The array itself, or a longer copy of it when it has no place for `index` yet. The system gives an array memory only
 * where it is written to, so one that is indexed by account ids costs no more than the accounts that are in use.
 */
export function withRoomFor<Elements extends Float64Array | BigInt64Array>(
  elements: Elements,
  index: number,
  make: (length: number) => Elements,
): Elements {
  if (index < elements.length) return elements
  const longer = make(Math.max(2 * elements.length, index + 1))
  copy(elements, longer)
  return longer
}

export const numbers = (length: number): Float64Array => new Float64Array(length)

export const cents = (length: number): BigInt64Array => new BigInt64Array(length)

function copy(from: Float64Array | BigInt64Array, to: Float64Array | BigInt64Array): void {
  new Uint8Array(to.buffer).set(new Uint8Array(from.buffer))
}
