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
export function acceptsExactly(accept: string | undefined, type: string): boolean {
  return rangesOf(accept).some((range) => range.type === type && range.weight > 0)
}

/**
 * Which of the media types the header prefers: by weight, then the one that it names rather than covers by a range, then
 * the one it names first. Where it has no preference, or there is no header, it is the first of them.
 */
export function negotiate<Type extends string>(
  accept: string | undefined,
  first: Type,
  ...others: readonly Type[]
): Type {
  const ranges = rangesOf(accept)
  const ranked = [first, ...others].map((type) => ({ type, ...rankOf(ranges, type) }))
  const [best] = ranked.toSorted(
    (one, other) =>
      other.weight - one.weight || other.specificity - one.specificity || one.place - other.place,
  )
  return best === undefined || best.weight === 0 ? first : best.type
}

/** What the most specific range that covers a type says of it. */
function rankOf(
  ranges: readonly AcceptedRange[],
  type: string,
): { readonly weight: number; readonly specificity: number; readonly place: number } {
  const [group = ''] = type.split('/')
  for (const [index, covering] of [type, `${group}/*`, '*/*'].entries()) {
    const place = ranges.findIndex((range) => range.type === covering)
    const weight = ranges[place]?.weight
    if (weight !== undefined) return { weight, specificity: -index, place }
  }
  return { weight: 0, specificity: -3, place: 0 }
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
