import type { Command } from '../../../src/state-machine/commands.ts'
import { resolution, SESSION, TERMINAL } from '../bank.ts'
import type { Deed, MachineModel, Pile } from './machine-model.ts'

/** A step before anything is known: what it is made of is chosen when it is taken. */
export interface Step {
  readonly what: number
  readonly where: number
  readonly size: number
  readonly flavour: number
}

const kinds = [
  'withdraw',
  'withdraw',
  'withdraw',
  'withdraw',
  'report',
  'report',
  'report',
  'report',
  'report',
  'report',
  'deposit',
  'deposit',
  'stored',
  'stored',
  'stored',
  'transfer',
  'resolve',
  'resolve',
  'exchange',
  'count',
  'status',
  'status',
  'status',
  'account',
  'counter',
] as const

export const KINDS = kinds.length

/** The deed, as the machine's state makes it likely to be of some sense. */
export function deedOf({ what, where, size, flavour }: Step, model: MachineModel): Deed {
  const kind = sensible(kinds[what % kinds.length] ?? 'withdraw', flavour, model)
  const isOld = where >= 12
  const back = isOld ? where - 12 : 0
  const seq = isOld ? Math.max(1, model.latest - back) : model.latest + 1
  const latestOf = (of: string): number => {
    const found = [...model.lines].filter(([, line]) => line.kind === of)
    return found[Math.max(0, found.length - 1 - back)]?.[0] ?? model.latest + 1
  }
  switch (kind) {
    case 'withdraw':
      return {
        do: kind,
        seq,
        cents: (1 + size) * (flavour === 0 ? 5_00 : 10_00),
        broken: flavour === 1 ? ['c10'] : [],
      }
    case 'report':
      return reportOf(
        where === 7 ? model.latest + 1 : (model.waiting ?? latestOf('withdrawal')),
        size,
        flavour,
        model,
      )
    case 'deposit':
      return { do: kind, seq, notes: [[size % 2 === 0 ? 20_00 : 10_00, 1 + (size % 9)]] }
    case 'stored':
      return storedOf(
        where === 7 ? model.latest + 1 : (model.waiting ?? latestOf('deposit')),
        size,
        flavour,
        model,
      )
    case 'transfer':
      return { do: kind, seq, cents: 1 + size * 11_00 }
    case 'resolve': {
      const of = flavour % 2 === 0 ? 'withdrawal' : 'deposit'
      const doubtful = [...model.lines].findLast(
        ([, line]) => line.kind === of && ['in_doubt', 'authorized'].includes(line.state),
      )
      return { do: kind, seq: doubtful?.[0] ?? latestOf(of), of, given: size % 4, found: flavour % 3 }
    }
    case 'exchange':
      return {
        do: kind,
        seq,
        added: [
          ['c20', flavour === 0 ? 10_00 : 20_00, size],
          ['c10', 10_00, 1],
        ],
        removed: flavour < 3 ? [['c50', 50_00, flavour]] : [],
      }
    case 'count':
      return {
        do: kind,
        seq,
        counted: [
          ['c10', 10_00, size],
          [flavour === 0 ? 'c99' : 'reject', 20_00, flavour],
        ],
      }
    case 'status':
      return { do: kind, status: flavour < 4 ? 'in_service' : flavour === 4 ? 'exchange' : 'out_of_service' }
    case 'account':
      return { do: kind, status: flavour < 4 ? 'open' : 'frozen' }
    case 'counter':
    default:
      return { do: kind, cents: flavour < 3 ? -50_00 : 1 + size * 5_00 }
  }
}

/** Mostly what the machine would do: say what became of what waits, and open its doors in exchange alone. */
function sensible(
  kind: (typeof kinds)[number],
  flavour: number,
  model: MachineModel,
): (typeof kinds)[number] {
  if (flavour === 2) return kind
  if (model.machineStatus === 'exchange' && kind === 'withdraw') return flavour < 4 ? 'exchange' : 'count'
  const waits = model.lines.get(model.waiting ?? 0)?.kind
  if (waits === undefined || !['withdraw', 'deposit', 'transfer'].includes(kind)) return kind
  return waits === 'withdrawal' ? 'report' : 'stored'
}

const words = ['dispensed', 'partly_dispensed', 'not_dispensed', 'unknown', 'retracted'] as const

/** Mostly what can be: a part, all, or none of the plan. */
function reportOf(seq: number, size: number, flavour: number, model: MachineModel): Deed {
  const plan = model.lines.get(seq)?.plan ?? []
  const isOdd = flavour === 5 && size > 15
  const word = words[size % words.length] ?? 'unknown'
  const part = plan.map(([unit, cents, notes], index): Pile => [unit, cents, index === 0 ? notes - 1 : notes])
  const presented = word === 'partly_dispensed' ? part : word === 'not_dispensed' ? [] : plan
  const rejected = flavour % 3 === 0 ? plan.slice(0, 1).map(([unit, cents]): Pile => [unit, cents, 1]) : []
  const odd: readonly Pile[] = [['c50', 50_00, 9]]
  return { do: 'report', seq, word, presented: isOdd ? odd : presented, rejected }
}

function storedOf(seq: number, size: number, flavour: number, model: MachineModel): Deed {
  const plan = model.lines.get(seq)?.plan ?? []
  const word = ['accepted', 'returned', 'unknown', 'accepted'][size % 4] ?? 'unknown'
  const counted = plan.map(([, cents, notes]): Pile => ['in', cents, flavour === 0 ? notes - 1 : notes])
  return { do: 'stored', seq, word, stored: word === 'accepted' ? counted.filter(([, , n]) => n > 0) : [] }
}

/** The command that the real machine is sent for it. */
export function commandOf(deed: Deed): Command {
  const at = { terminal: TERMINAL, session: SESSION }
  switch (deed.do) {
    case 'withdraw': {
      const { seq: sequence, cents, broken } = deed
      return {
        kind: 'authorize_withdrawal',
        ...at,
        sequence,
        amount: BigInt(cents),
        mix: 'fewest',
        unavailableUnits: broken,
      }
    }
    case 'report': {
      const outcome = words.find((word) => word === deed.word) ?? 'unknown'
      const [presented, rejected] = [notesOf(deed.presented), notesOf(deed.rejected)]
      return {
        kind: 'report_withdrawal',
        terminal: TERMINAL,
        sequence: deed.seq,
        outcome,
        presented,
        rejected,
      }
    }
    case 'deposit': {
      const counted = deed.notes.map(([cents, notes]) => ({ denomination: BigInt(cents), notes }))
      return { kind: 'authorize_deposit', ...at, sequence: deed.seq, counted }
    }
    case 'stored': {
      const outcome =
        (['accepted', 'returned', 'unknown'] as const).find((word) => word === deed.word) ?? 'unknown'
      return {
        kind: 'report_deposit',
        terminal: TERMINAL,
        sequence: deed.seq,
        outcome,
        stored: notesOf(deed.stored),
      }
    }
    case 'transfer':
      return { kind: 'machine_transfer', ...at, sequence: deed.seq, to: '1002', amount: BigInt(deed.cents) }
    case 'resolve':
      return resolution(deed.seq, deed.given, deed.found, deed.of === 'deposit' ? 'deposit' : 'withdrawal')
    case 'exchange': {
      const [putIn, takenOut] = [notesOf(deed.added), notesOf(deed.removed)]
      return { kind: 'exchange', terminal: TERMINAL, sequence: deed.seq, putIn, takenOut }
    }
    case 'count':
      return { kind: 'count', terminal: TERMINAL, sequence: deed.seq, counted: notesOf(deed.counted) }
    case 'status': {
      const statuses = ['in_service', 'exchange', 'out_of_service'] as const
      const status = statuses.find((each) => each === deed.status) ?? 'in_service'
      return { kind: 'change_terminal', terminal: TERMINAL, status }
    }
    case 'account':
      return { kind: 'change', account: '1001', status: deed.status === 'frozen' ? 'frozen' : 'open' }
    case 'counter':
    default:
      return deed.cents < 0
        ? { kind: 'deposit', account: '1001', amount: BigInt(-deed.cents) }
        : { kind: 'withdraw', account: '1001', amount: BigInt(deed.cents) }
  }
}

function notesOf(piles: readonly Pile[]) {
  return piles.map(([unit, cents, notes]) => ({ unit, denomination: BigInt(cents), notes }))
}
