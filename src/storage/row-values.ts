/**
 * What a column of a row holds, checked: no driver promises a type. All integers are read as `bigint`. Columns are named,
 * or counted from 0 where the statement returns arrays.
 */
export type Row = Readonly<Record<string | number, unknown>>

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

export function text(row: Row, column: string | number): string {
  const value = textOrUndefined(row, column)
  if (value !== undefined) return value
  throw new TypeError(`the store holds no text in column ${column}`)
}
