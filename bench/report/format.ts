import { type Figure, type Unit, isMet } from '../figures.ts'
import { median } from '../statistics.ts'

const decimals: Record<Unit, number> = {
  ratio: 2,
  ms: 1,
  s: 2,
  bytes: 1,
  MiB: 1,
  'postings/s': 0,
  'requests/s': 0,
}

export function formatNumber(value: number, places: number): string {
  return value.toLocaleString('en', { minimumFractionDigits: places, maximumFractionDigits: places })
}

export function formatValue(value: number, unit: Unit): string {
  const number = formatNumber(value, decimals[unit])
  return unit === 'ratio' ? number : `${number} ${unit}`
}

export function formatGoal({ goal, unit }: Figure): string {
  if (goal === undefined) return ''
  return 'atLeast' in goal ? `≥ ${formatValue(goal.atLeast, unit)}` : `≤ ${formatValue(goal.atMost, unit)}`
}

export function formatVerdict(figure: Figure): string {
  if (figure.goal === undefined) return ''
  return isMet(figure) ? 'yes' : 'no'
}

/** The cells of a figure's line: what, median, goal, whether it is met, the value of every round. */
export function figureCells(figure: Figure): string[] {
  return [
    figure.what,
    formatValue(median(figure.rounds), figure.unit),
    formatGoal(figure),
    formatVerdict(figure),
    figure.rounds.map((value) => formatNumber(value, decimals[figure.unit])).join(' '),
  ]
}
