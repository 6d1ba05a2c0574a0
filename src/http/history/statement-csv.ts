import type { StatementFormat } from './write-statement.ts'
import { timestampOf } from '../shared/schemas.ts'

const columns = [
  'ts',
  'id',
  'type',
  'amount_in',
  'amount_out',
  'balance',
  'counterparty',
  'reference',
  'reverses',
  'hold_id',
] as const

type Row = Partial<Readonly<Record<(typeof columns)[number], string | null>>>

const LINE_END = '\r\n'

/** A statement as CSV by RFC 4180: a header, the opening balance, the lines, the closing balance, the totals. */
export const csvStatement: StatementFormat = {
  separator: '',
  head: ({ period, openingBalance }) =>
    columns.join(',') +
    LINE_END +
    rowText({ ts: optionalTimestamp(period.fromMs), type: 'opening balance', balance: openingBalance }),

  line: ({ amount, counterparty, reference, ...line }, isMoneyIn) =>
    rowText({
      ...line,
      [isMoneyIn ? 'amount_in' : 'amount_out']: amount,
      counterparty: defused(counterparty ?? ''),
      reference: defused(reference ?? ''),
    }),

  foot: ({ totalIn, totalOut, closingBalance }, { period }) =>
    rowText({ ts: optionalTimestamp(period.toMs), type: 'closing balance', balance: closingBalance }) +
    rowText({ type: 'totals', amount_in: totalIn, amount_out: totalOut }),
}

/** A name for the file that no file system and no header misreads. */
export function fileNameOf(accountNumber: string): string {
  return `statement-${accountNumber.slice(0, 64).replaceAll(/[^A-Za-z0-9-]/g, '_')}.csv`
}

/** What a spreadsheet would calculate or run, also behind quotes and what cannot be seen; ＝ and its like in some countries. */
const FORMULA = /^(?:[\t\r\n]|[\s\p{C}\p{Pi}\p{Pf}"'`]*[=+\-@＝＋－−＠])/u

/** Where another cell would begin for who splits at something else than commas. */
const INNER_FORMULA = /[;|\t\r\n][\s\p{C}\p{Pi}\p{Pf}"'`]*(?=[=+\-@＝＋－−＠])/gu

/** What people have written, made plain text for every spreadsheet by an apostrophe. */
function defused(text: string): string {
  const plain = text.replaceAll(INNER_FORMULA, (before) => `${before}'`)
  return FORMULA.test(plain) ? `'${plain}` : plain
}

function rowText(row: Row): string {
  return columns.map((column) => quoted(row[column] ?? '')).join(',') + LINE_END
}

function quoted(cell: string): string {
  return /[",;|\t\r\n]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}

function optionalTimestamp(atMs: number | undefined): string {
  return atMs === undefined ? '' : timestampOf(atMs)
}
