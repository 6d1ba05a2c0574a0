import { number, type Row } from '../../row-values.ts'

/** Lists as PostgreSQL reads them from text: one parameter for a column of a batch, however long that is. */

export function integerArray(values: readonly (number | bigint | undefined)[]): string {
  return `{${values.map((value) => value ?? 'NULL').join(',')}}`
}

export function textArray(values: readonly (string | undefined)[]): string {
  return `{${values.map((value) => (value === undefined ? 'NULL' : quoted(value))).join(',')}}`
}

/** Bytes that are held as one character each, as digests and fingerprints are. */
export function bytesArray(values: readonly string[]): string {
  return `{${values.map((value) => `"\\\\x${Buffer.from(value, 'latin1').toString('hex')}"`).join(',')}}`
}

function quoted(text: string): string {
  return `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`
}

/** The first of a block of ids that nobody else has, or 0 where none were needed. */
export function firstId([row]: readonly Row[]): number {
  return row === undefined ? 0 : number(row, 'first_id')
}
