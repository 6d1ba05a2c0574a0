/**
 * Until the database gives them their ids, new postings are numbered from here on: far above all real ids, so that a
 * reference to an older posting is never taken for one to a posting of the batch.
 */
export const FIRST_PROVISIONAL_ID = 2 ** 52

/** The id in the database, once it is known which one the batch's first posting has. Real ids stay as they are. */
export function realId(id: number, firstPostingId: number): number {
  return id < FIRST_PROVISIONAL_ID ? id : firstPostingId + (id - FIRST_PROVISIONAL_ID)
}

/** The same in SQL: of a column that may be NULL, where `first_posting_id` is at hand. */
export function realIdOf(column: string): string {
  return `CASE WHEN ${column} >= ${FIRST_PROVISIONAL_ID} THEN first_posting_id + ${column} - ${FIRST_PROVISIONAL_ID} ELSE ${column} END`
}
