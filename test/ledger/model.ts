import type { Command, CommandKind, CommandKinds } from '../../src/ledger/commands/registry.ts'
import { type ModelTerms, Notebook } from './model/notebook.ts'
import { reverse } from './model/reversing.ts'
import { capture, change, deposit, open, placeHold, release, transfer, withdraw } from './model/rules.ts'
import type { Prediction } from './model/told.ts'

type Rules = {
  readonly [Kind in CommandKind]: (book: Notebook, command: CommandKinds[Kind], nowMs: number) => Prediction
}

const ruleOf: Rules = {
  deposit,
  withdraw,
  transfer,
  open,
  change,
  hold: placeHold,
  capture,
  release,
  reverse,
}

/** What a request that was judged may be answered when it is repeated; of all else nothing is kept. */
const notKept = [
  'idempotency_key_reused',
  'same_account',
  'account_exists',
  'account_not_found',
  'hold_not_found',
  'transaction_not_found',
]

/**
 * The bank as anyone would write it first: slow, obvious, and sharing no line with the real one. The tests let it
 * predict every answer of the ledger. It numbers holds and movements of money 1, 2, 3 …, and commands name them so.
 */
export class Model {
  readonly book: Notebook

  constructor(terms: ModelTerms) {
    this.book = new Notebook(terms)
  }

  execute(command: Command, nowMs: number): Prediction {
    const { idempotencyKey: key } = command
    if (key === undefined) return this.#judge(command, nowMs)
    const request = asText(command)
    const kept = this.book.keptUnder(key, nowMs)
    if (kept !== undefined) {
      if (kept.request === undefined) return { answer: 'idempotency_key_closed', replayed: false }
      if (kept.request !== request) return { answer: 'idempotency_key_reused', replayed: false }
      return { ...kept.prediction, replayed: true }
    }
    const prediction = this.#judge(command, nowMs)
    if (!notKept.includes(prediction.answer)) {
      this.book.answers.push({ key, request, atMs: nowMs, prediction })
    }
    return prediction
  }

  #judge<Kind extends CommandKind>(command: Command<Kind>, nowMs: number): Prediction {
    const rule: Rules[Kind] = ruleOf[command.kind]
    return rule(this.book, command, nowMs)
  }
}

/** The request with all that makes it this one: not its key, and no number that was drawn for it. */
function asText(command: Command): string {
  const drawn = command.kind === 'open' && command.isNumberAssigned === true
  const left = Object.entries(command).filter(
    ([name]) => name !== 'idempotencyKey' && !(drawn && name === 'account'),
  )
  return JSON.stringify(sorted(Object.fromEntries(left)), (_, value: unknown) => {
    if (typeof value === 'bigint') return `${value} cents`
    return value === undefined ? 'none' : value
  })
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).toSorted(([one], [other]) => one.localeCompare(other))
  return Object.fromEntries(entries.map(([name, inner]) => [name, sorted(inner)]))
}
