/** What an Accept header says of one media type or range of them. */
interface AcceptedRange {
  /** In lower case, such as `text/csv` or `text/*`. */
  readonly type: string
  /** 0 for never, 1 for what is liked best. */
  readonly weight: number
}

/** Commas and semicolons separate only outside of quotes. */
const ELEMENTS = /(?:[^,"]|"(?:[^"\\]|\\.)*"?)+/g
const PARAMETERS = /(?:[^;"]|"(?:[^"\\]|\\.)*"?)+/g

const WEIGHT = /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/

/** Whether the header names this very media type as one that may be answered; ranges that cover it do not name it. */
export function names(accept: string | undefined, type: string): boolean {
  return rangesOf(accept).some((range) => range.type === type && range.weight > 0)
}

/** Which of the media types the header prefers: the first where it prefers none, or there is none. */
export function preferred<Type extends string>(
  accept: string | undefined,
  first: Type,
  ...others: readonly Type[]
): Type {
  const ranges = rangesOf(accept)
  let best = first
  let weight = weightOf(ranges, first)
  for (const type of others) {
    const other = weightOf(ranges, type)
    if (other > weight) [best, weight] = [type, other]
  }
  return best
}

/** The weight of a type is that of the most specific range that covers it. */
function weightOf(ranges: readonly AcceptedRange[], type: string): number {
  const [group = ''] = type.split('/')
  for (const specific of [type, `${group}/*`, '*/*']) {
    const range = ranges.find((each) => each.type === specific)
    if (range !== undefined) return range.weight
  }
  return 0
}

function rangesOf(accept: string | undefined): readonly AcceptedRange[] {
  return (accept?.match(ELEMENTS) ?? []).map((element) => {
    const [type = '', ...parameters] = (element.match(PARAMETERS) ?? []).map((part) => part.trim())
    const weight = parameters.find((parameter) => /^q=/i.test(parameter))?.slice(2)
    // What cannot be read is not asked for.
    return {
      type: type.toLowerCase(),
      weight: weight === undefined ? 1 : WEIGHT.test(weight) ? Number(weight) : 0,
    }
  })
}
