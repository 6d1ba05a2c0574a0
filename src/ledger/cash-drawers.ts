/** The ids of the bank's cash drawers. Its other accounts, those of its cash machines, have larger ids and no number either. */
export const CASH_DRAWERS: readonly number[] = [1, 2, 3, 4, 5, 6, 7, 8]

/** Whether the account of that id is one of the bank's cash drawers. */
export function isCashDrawer(id: number): boolean {
  return CASH_DRAWERS.includes(id)
}
