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

const MARGIN = 16
// A little more than the letters of most fonts take at this size, since nothing here can measure text.
const LETTER_WIDTH = 7.4
const VALUE_WIDTH = 90
const PLOT_WIDTH = 400
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

/** Where the bars begin, and how many pixels one unit is long. */
interface Axis {
  readonly start: number
  readonly scale: number
}

function axisFor(bars: readonly Bar[]): Axis {
  const labelWidth = LETTER_WIDTH * Math.max(...bars.map(({ label }) => label.length))
  const longest = Math.max(...bars.map(({ high, value }) => Math.max(high, value)))
  return { start: Math.round(MARGIN + labelWidth + 10), scale: PLOT_WIDTH / longest }
}

function drawBar(
  { label, value, low, high }: Bar,
  row: number,
  { start, scale }: Axis,
  text: string,
): string {
  const top = TOP + row * ROW
  const middle = top + BAR / 2
  const baseline = top + BAR - 4
  const at = (amount: number): number => Math.round(start + amount * scale)
  return [
    `  <text x="${start - 10}" y="${baseline}" text-anchor="end">${escapeXml(label)}</text>`,
    `  <rect class="bar" x="${start}" y="${top}" width="${at(value) - start}" height="${BAR}" rx="2"/>`,
    `  <line class="range" x1="${at(low)}" y1="${middle}" x2="${at(high)}" y2="${middle}"/>`,
    `  <text x="${at(Math.max(high, value)) + 8}" y="${baseline}">${escapeXml(text)}</text>`,
  ].join('\n')
}

/** An SVG picture that stands alone, readable on a light and on a dark page. */
export function drawBarChart({ title, bars, format }: BarChart): string {
  const axis = axisFor(bars)
  const width = axis.start + PLOT_WIDTH + VALUE_WIDTH
  const height = TOP + bars.length * ROW + 10
  const summary = bars.map(({ label, value }) => `${label}: ${format(value)}`).join('; ')
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title summary">`,
    `  <title id="title">${escapeXml(title)}</title>`,
    `  <desc id="summary">${escapeXml(summary)}</desc>`,
    `  <style>${STYLE}\n  </style>`,
    `  <rect class="paper" width="${width}" height="${height}"/>`,
    `  <text class="title" x="${MARGIN}" y="26">${escapeXml(title)}</text>`,
    ...bars.map((bar, row) => drawBar(bar, row, axis, format(bar.value))),
    '</svg>\n',
  ].join('\n')
}
