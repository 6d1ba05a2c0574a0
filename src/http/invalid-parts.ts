import { bodyProblems } from './shared/body-problems.ts'
import { Problem, problems } from './errors/problem.ts'
import { badTime } from './shared/time-range.ts'
import { badType } from './history/type-filter.ts'

/** What to answer when a part of the request does not fit its schema, by where it is and what it is called. */
const parts: Readonly<Record<string, Readonly<Record<string, Problem>>>> = {
  body: bodyProblems,
  querystring: {
    limit: problems.badLimit,
    cursor: problems.badCursor,
    type: badType,
    from: badTime('from'),
    to: badTime('to'),
    at: badTime('at'),
  },
  headers: {
    'idempotency-key': new Problem(
      422,
      'invalid_idempotency_key',
      'Idempotency-Key must be 1 to 255 visible ASCII characters',
    ),
  },
}

const NO_OBJECT = new Problem(
  422,
  'invalid_body',
  'the body must be a JSON object such as {"amount": "10.00"}',
)

/** `context` is the framework's name for the place, `path` leads to the part there: `limits/overdraft`. */
export function problemOfPart(context: string | undefined, path: string): Problem {
  const [part = ''] = path.split('/')
  return parts[context ?? '']?.[part] ?? NO_OBJECT
}
