import assert from 'node:assert/strict'

/** The cells of CSV by RFC 4180, row by row. Fails at text that no strict reader would take. */
export function cellsIn(text: string): readonly (readonly string[])[] {
  const rows: string[][] = [[]]
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/y
  while (cell.lastIndex < text.length) {
    const at = cell.lastIndex
    const [whole, quoted, plain = '', end] = cell.exec(text) ?? []
    assert.ok(whole !== undefined, `no CSV: ${JSON.stringify(text.slice(at, at + 60))}`)
    rows.at(-1)?.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'))
    if (end === '\r\n') rows.push([])
  }
  assert.deepEqual(rows.pop(), [], 'the last row ends as the others do')
  return rows
}

/** The rows below the header, by its names. */
export function rowsOfCsv(text: string): readonly Readonly<Record<string, string>>[] {
  const [header = [], ...rows] = cellsIn(text)
  return rows.map((row) => {
    assert.equal(row.length, header.length, row.join())
    return Object.fromEntries(header.map((name, index) => [name, row[index] ?? '']))
  })
}
