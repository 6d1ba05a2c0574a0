import assert from 'node:assert/strict'
import { centsOf } from './client.ts'
import { linesOf } from './streamed.ts'

/** What was found in a statement as CSV, each row of which followed from the one before. Money is cents. */
export interface ReadStatement {
  readonly lines: number
  readonly closingBalance: bigint
  /** The balance after the last line of each time, in milliseconds since 1970, oldest first. */
  readonly balanceByTime: ReadonlyMap<number, bigint>
}

type Row = ReadonlyMap<string, string>

/** Reads rows of cells that need no quotes, as those of a history without references are. */
async function* rowsOf(lines: AsyncIterable<string>): AsyncGenerator<Row> {
  let header: readonly string[] | undefined
  for await (const line of lines) {
    const cells = line.split(',')
    assert.ok(header === undefined || cells.length === header.length, line)
    if (header === undefined) header = cells
    else yield new Map(header.map((name, index) => [name, cells[index] ?? '']))
  }
}

function cents(row: Row, name: string): bigint {
  const text = row.get(name) ?? assert.fail(`no column ${name}`)
  return text === '' ? 0n : centsOf(text)
}

/** Reads a statement to its end as it arrives. Fails at the first row that does not follow from those before. */
export async function readCsvStatement(url: string): Promise<ReadStatement> {
  const balanceByTime = new Map<number, bigint>()
  const closing: Row[] = []
  let opening: Row | undefined
  let [lines, latestId, latestMs] = [0, 0, 0]
  let [balance, totalIn, totalOut] = [0n, 0n, 0n]
  for await (const row of rowsOf(linesOf(url, 'text/csv'))) {
    if (opening === undefined) {
      opening = row
      balance = cents(row, 'balance')
      continue
    }
    const id = Number(row.get('id'))
    if (id === 0) {
      closing.push(row)
      continue
    }
    const atMs = Date.parse(row.get('ts') ?? '')
    assert.ok(closing.length === 0 && id > latestId && atMs >= latestMs, 'the lines are in order')
    const [amountIn, amountOut] = [cents(row, 'amount_in'), cents(row, 'amount_out')]
    balance += amountIn - amountOut
    assert.ok(cents(row, 'balance') === balance, `line ${lines + 1} does not follow`)
    balanceByTime.set(atMs, balance)
    totalIn += amountIn
    totalOut += amountOut
    lines += 1
    latestId = id
    latestMs = atMs
  }
  const closingRow = closing.find((row) => row.get('balance') !== '') ?? assert.fail('no closing balance')
  assert.equal(cents(closingRow, 'balance'), balance)
  const totals = closing.find((row) => row.get('amount_in') !== '') ?? assert.fail('no totals')
  assert.deepEqual([cents(totals, 'amount_in'), cents(totals, 'amount_out')], [totalIn, totalOut])
  return { lines, closingBalance: balance, balanceByTime }
}
