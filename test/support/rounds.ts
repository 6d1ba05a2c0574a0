/** `npm run test:full` sets it to `full`. */
export const ROUNDS_VARIABLE = 'ATM_TEST_ROUNDS'

const isFull = process.env[ROUNDS_VARIABLE] === 'full'

/**
 * How often a test repeats what it tries: `npm test` tries everything a few times, so that a newcomer waits minutes;
 * `npm run test:full`, which the gate runs, tries it as often as is needed to trust it.
 */
export function rounds({ quick, full }: { readonly quick: number; readonly full: number }): number {
  return isFull ? full : quick
}
