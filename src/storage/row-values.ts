/**
 * What a column of a row holds, checked: no driver promises a type. All integers are read as `bigint`. Columns are named,
 * or counted from 0 where the statement returns arrays.
 */
export type Row = Readonly<Record<string | number, unknown>>

/** What a column may be given. */
export type StoredValue = string | number | bigint | Uint8Array | null

export function integer(row: Row, column: string | number): bigint {
  const value = row[column]
  if (typeof value === 'bigint') return value
  throw new TypeError(`the store holds no integer in column ${column}`)
}

/** For ids and times, which stay far below 2^53. */
export function number(row: Row, column: string | number): number {
  return Number(integer(row, column))
}

export function bytes(row: Row, column: string | number): Buffer {
  const value = row[column]
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  throw new TypeError(`the store holds no bytes in column ${column}`)
}

export function textOrUndefined(row: Row, column: string | number): string | undefined {
  const value = row[column]
  if (typeof value === 'string') return value
  if (value === null) return undefined
  throw new TypeError(`the store holds no text in column ${column}`)
}

export function numberOrUndefined(row: Row, column: string | number): number | undefined {
  return row[column] === null ? undefined : number(row, column)
}

export function integerOrUndefined(row: Row, column: string | number): bigint | undefined {
  return row[column] === null ? undefined : integer(row, column)
}

/** For what may take more than 64 bits: an integer, or text of its digits where the engine has no such integers. */
export function largeInteger(row: Row, column: string | number): bigint {
  return typeof row[column] === 'string' ? BigInt(text(row, column)) : integer(row, column)
}

/** One of `words`, which is stored as its place among them. */
export function word<Word extends string>(row: Row, column: string | number, words: readonly Word[]): Word {
  const code = number(row, column)
  const found = words[code]
  if (found !== undefined) return found
  throw new TypeError(`the store holds ${code} in column ${column}, which this version does not know`)
}

export function text(row: Row, column: string | number): string {
  const value = textOrUndefined(row, column)
  if (value !== undefined) return value
  throw new TypeError(`the store holds no text in column ${column}`)
}
