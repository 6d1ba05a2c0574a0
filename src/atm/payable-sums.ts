import { fewestTables, NEVER } from './knapsack.ts'
import { mostOf, type NoteStock, type NoteSupply, stockOf } from './note-stock.ts'

/** Those of the wanted amounts, in cents, that can be paid out right now; in the order given. */
export function payableAmong(wanted: readonly bigint[], supply: NoteSupply): readonly bigint[] {
  const stock = stockOf(supply)
  const largest = wanted.reduce((most, amount) => (amount > most ? amount : most), 0n)
  const isPayable = payableSums(stock, largest)
  return wanted.filter((amount) => amount % stock.step === 0n && isPayable(amount / stock.step))
}

/** All amounts that can be paid out right now, up to the maximum, the smallest first. */
export function payableUpTo(maximum: bigint, supply: NoteSupply): readonly bigint[] {
  const stock = stockOf(supply)
  const isPayable = payableSums(stock, maximum)
  const amounts: bigint[] = []
  for (let sum = 1n; sum * stock.step <= smaller(maximum, mostOf(stock, stock.maxNotes)); sum += 1n) {
    if (isPayable(sum)) amounts.push(sum * stock.step)
  }
  return amounts
}

/** The payable amounts next to this one, the smaller first: two, one, or none when nothing can be paid. */
export function nearestTo(amount: bigint, stock: NoteStock): readonly bigint[] {
  const most = mostOf(stock, stock.maxNotes) / stock.step
  const isPayable = payableSums(stock, most * stock.step)
  const nearest: bigint[] = []
  let below = smaller((amount - 1n) / stock.step, most)
  while (below > 0n && !isPayable(below)) below -= 1n
  if (below > 0n) nearest.push(below * stock.step)
  let above = amount / stock.step + 1n
  while (above <= most && !isPayable(above)) above += 1n
  if (above <= most) nearest.push(above * stock.step)
  return nearest
}

/** Says of a sum in steps, up to that of `maximum` in cents, whether the machine can pay it. */
function payableSums(stock: NoteStock, maximum: bigint): (sum: bigint) => boolean {
  const largest = Number(smaller(maximum, mostOf(stock, stock.maxNotes)) / stock.step)
  const items = stock.denominations.map(({ steps, notes }) => ({ steps, available: notes }))
  const table = fewestTables(items, largest).at(-1)
  return (sum) => {
    const notes = sum > 0n && sum <= BigInt(largest) ? table?.[Number(sum)] : undefined
    return notes !== undefined && notes !== NEVER && notes <= stock.maxNotes
  }
}

function smaller(one: bigint, other: bigint): bigint {
  return one < other ? one : other
}
