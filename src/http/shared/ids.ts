/** What no hold and no transaction has as its id. */
const NO_ID = 0

/**
 * Reads the id of a hold or a transaction: digits, as answers write it. Whatever else is asked for names nothing, and
 * the ledger is asked for what does not exist.
 */
export function idFrom(input: string | number): number {
  const id = /^[1-9]\d{0,15}$/.test(String(input)) ? Number(input) : NO_ID
  return Number.isSafeInteger(id) ? id : NO_ID
}
