/** One horizontal bar: its median, and the range of the rounds as a thin line. */
export interface Bar {
  readonly label: string
  readonly value: number
  readonly low: number
  readonly high: number
}

export interface BarChart {
  readonly title: string
  readonly bars: readonly Bar[]
  readonly format: (value: number) => string
}

const WIDTH = 760
const LABEL_WIDTH = 270
const VALUE_WIDTH = 90
const PLOT_WIDTH = WIDTH - LABEL_WIDTH - VALUE_WIDTH
const TOP = 44
const ROW = 30
const BAR = 18

const STYLE = `
  text { font: 13px system-ui, sans-serif; fill: #1f2328 }
  .title { font-weight: 600; font-size: 15px }
  .paper { fill: #ffffff }
  .bar { fill: #2f6fb7 }
  .range { stroke: #1f2328; stroke-width: 1.5 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 }
    .paper { fill: #0d1117 }
    .bar { fill: #4a8fdc }
    .range { stroke: #e6edf3 }
  }`

function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}

function drawBar(
  { label, value, low, high }: Bar,
  row: number,
  scale: number,
  format: BarChart['format'],
): string {
  const top = TOP + row * ROW
  const middle = top + BAR / 2
  const baseline = top + BAR - 4
  const at = (amount: number): string => (LABEL_WIDTH + amount * scale).toFixed(1)
  return [
    `  <text x="${LABEL_WIDTH - 10}" y="${baseline}" text-anchor="end">${escapeXml(label)}</text>`,
    `  <rect class="bar" x="${LABEL_WIDTH}" y="${top}" width="${(value * scale).toFixed(1)}" height="${BAR}" rx="2"/>`,
    `  <line class="range" x1="${at(low)}" y1="${middle}" x2="${at(high)}" y2="${middle}"/>`,
    `  <text x="${Number(at(Math.max(high, value))) + 8}" y="${baseline}">${escapeXml(format(value))}</text>`,
  ].join('\n')
}

/** An SVG picture that stands alone, readable on a light and on a dark page. */
export function drawBarChart({ title, bars, format }: BarChart): string {
  const scale = PLOT_WIDTH / Math.max(...bars.map(({ high, value }) => Math.max(high, value)))
  const height = TOP + bars.length * ROW + 10
  const summary = bars.map(({ label, value }) => `${label}: ${format(value)}`).join('; ')
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-labelledby="title summary">`,
    `  <title id="title">${escapeXml(title)}</title>`,
    `  <desc id="summary">${escapeXml(summary)}</desc>`,
    `  <style>${STYLE}\n  </style>`,
    `  <rect class="paper" width="${WIDTH}" height="${height}"/>`,
    `  <text class="title" x="16" y="26">${escapeXml(title)}</text>`,
    ...bars.map((bar, row) => drawBar(bar, row, scale, format)),
    '</svg>\n',
  ].join('\n')
}
