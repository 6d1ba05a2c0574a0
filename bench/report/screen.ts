import type { PartReport } from '../figures.ts'
import { figureCells } from './format.ts'

/** The table of all figures as lines for a terminal. */
export function figureTable(reports: readonly PartReport[]): string[] {
  const heads = ['what', 'median', 'goal', 'met', 'rounds']
  const lines = [heads, ...reports.flatMap(({ figures }) => figures.map(figureCells))]
  const widths = heads.map((_, column) => Math.max(...lines.map((cells) => cells[column]?.length ?? 0)))
  return lines.map((cells) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}
