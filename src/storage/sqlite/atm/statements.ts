/** An INSERT of these columns. */
export function insertInto(table: string, columns: readonly string[]): string {
  return `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`
}

/** The same, which writes over the row that has the same `key`. It writes nothing where that is what the row holds already. */
export function upsertInto(table: string, columns: readonly string[], key: readonly string[]): string {
  const others = columns.filter((column) => !key.includes(column))
  const changes = others.map((column) => `${column} = excluded.${column}`)
  const differences = others.map((column) => `${table}.${column} IS NOT excluded.${column}`)
  return `${insertInto(table, columns)} ON CONFLICT (${key.join(', ')}) DO UPDATE SET ${changes.join(', ')}
    WHERE ${differences.join(' OR ')}`
}
