import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ReportedNotes } from '../../src/atm/commands/reported-notes.ts'
import { type Reason, rejections } from '../../src/ledger/rejections.ts'
import type { Command } from '../../src/state-machine/commands.ts'
import { atmReasons } from './atm-reasons.ts'
import { Bank, UNITS } from './bank.ts'

const ENDED = { digest: 'none', card: undefined }
const session = (terminal: string) => ({ digest: `session at ${terminal}`, card: cards[terminal] })

/** A card for each machine, as a card has one session; the account of them all is frozen and nearly empty. */
const cards: Readonly<Record<string, string>> = { out: '1', busy: '2', ready: '3', fill: '4' }
const BLOCKED = '5'
const BLOCKED_DEMO = '6'

const withdraw = (terminal: string, sequence: number, amount: bigint, by = session(terminal)): Command => ({
  kind: 'authorize_withdrawal',
  terminal,
  sequence,
  session: by,
  amount,
  mix: 'fewest',
  unavailableUnits: [],
})

const report = (terminal: string, sequence: number, outcome: 'dispensed' | 'not_dispensed'): Command => ({
  kind: 'report_withdrawal',
  terminal,
  sequence,
  outcome,
  presented: [],
  rejected: [],
})

const resolve = (terminal: string, sequence: number): Command => ({
  kind: 'resolve',
  terminal,
  sequence,
  of: 'withdrawal',
  given: [],
  found: [{ denomination: 1n, notes: 1 }],
  into: 'c20',
  operator: 'ann',
})

const exchange = (
  terminal: string,
  putIn: readonly ReportedNotes[],
  takenOut: readonly ReportedNotes[] = [],
) => ({ kind: 'exchange', terminal, sequence: 90, putIn, takenOut }) as const

const fed = (notes: number): Command => ({
  kind: 'authorize_deposit',
  terminal: 'ready',
  sequence: 90,
  session: session('ready'),
  counted: [{ denomination: 20_00n, notes }],
})

const tooMany = { unit: 'c20', notes: 5_000 }

/** Each command gives the reason that it is listed with, and as many of the later ones as it can. */
const precedence: readonly (readonly [Reason, Command])[] = [
  ['terminal_not_found', withdraw('nowhere', 2, 35_00n, ENDED)],
  ['terminal_not_found', resolve('nowhere', 2)],
  ['terminal_transaction_not_found', resolve('busy', 90)],
  ['sequence_reused', withdraw('out', 2, 35_00n, ENDED)],
  ['sequence_reused', report('fill', 1, 'dispensed')],
  ['transaction_closed', withdraw('out', 3, 35_00n, ENDED)],
  ['sequence_passed', withdraw('out', 4, 35_00n, ENDED)],
  ['session_ended', withdraw('out', 90, 35_00n, ENDED)],
  ['not_in_doubt', resolve('out', 2)],
  ['terminal_out_of_service', withdraw('out', 90, 35_00n)],
  ['terminal_not_in_exchange', exchange('busy', [{ unit: 'c99', notes: 1 }])],
  ['terminal_has_unsettled', withdraw('busy', 90, 35_00n)],
  [
    'same_account',
    {
      kind: 'machine_transfer',
      terminal: 'ready',
      sequence: 90,
      session: session('ready'),
      to: '1001',
      amount: 999_00n,
    },
  ],
  [
    'terminal_exists',
    {
      kind: 'create_terminal',
      terminal: 'out',
      name: '',
      maxNotes: 1,
      secretDigest: '',
      isDemo: false,
      units: [],
    },
  ],
  ['card_exists', { kind: 'create_card', card: BLOCKED, account: 'nobody', pinHash: '', isDemo: false }],
  ['account_not_found', { kind: 'create_card', card: '7', account: 'nobody', pinHash: '', isDemo: false }],
  ['card_not_found', { kind: 'count_pin_try', terminal: 'ready', card: '7' }],
  ['card_not_found', { kind: 'change_card', card: '7', status: 'active' }],
  ['card_not_for_terminal', { kind: 'count_pin_try', terminal: 'ready', card: BLOCKED_DEMO }],
  ['card_blocked', { kind: 'count_pin_try', terminal: 'ready', card: BLOCKED }],
  ['card_blocked', { kind: 'open_session', terminal: 'ready', card: BLOCKED, pinHash: 'wrong', digest: '' }],
  ['wrong_pin', { kind: 'open_session', terminal: 'ready', card: '3', pinHash: 'wrong', digest: '' }],
  ['unit_mismatch', exchange('fill', [{ unit: 'c99', notes: 1 }, tooMany], [tooMany])],
  ['amount_not_dispensable', withdraw('ready', 90, 35_00n)],
  ['too_many_notes', withdraw('ready', 90, 900_00n)],
  ['unit_full', fed(11)],
  ['unit_full', exchange('fill', [{ unit: 'in', denomination: 1n, notes: 11 }], [tooMany])],
  ['not_enough_notes', exchange('fill', [], [tooMany])],
  ['account_frozen', withdraw('ready', 90, 60_00n)],
]

async function openBank(): Promise<Bank> {
  const bank = new Bank()
  await bank.send({ kind: 'open', account: '1001', openingBalance: 100_00n })
  for (const [terminal, card] of Object.entries(cards)) {
    const machine = { terminal, name: '', maxNotes: 10, secretDigest: '', isDemo: false, units: UNITS }
    const notes = ['c10', 'c20', 'c50'].map((unit) => ({ unit, notes: 20 }))
    await bank.send({ kind: 'create_terminal', ...machine })
    await bank.send({ kind: 'exchange', terminal, sequence: 1, putIn: notes, takenOut: [] })
    if (terminal !== 'fill') await bank.send({ kind: 'change_terminal', terminal, status: 'in_service' })
    await bank.send({ kind: 'create_card', card, account: '1001', pinHash: 'hash', isDemo: false })
    const { digest } = session(terminal)
    await bank.send({ kind: 'open_session', terminal, card, pinHash: 'hash', digest })
  }
  for (const [card, isDemo] of [
    [BLOCKED, false],
    [BLOCKED_DEMO, true],
  ] as const) {
    await bank.send({ kind: 'create_card', card, account: '1001', pinHash: 'hash', isDemo })
    await bank.send({ kind: 'change_card', card, status: 'blocked' })
  }
  await bank.send(withdraw('out', 2, 20_00n))
  await bank.send(report('out', 2, 'dispensed'))
  await bank.send(report('out', 3, 'not_dispensed'))
  await bank.send(report('out', 5, 'not_dispensed'))
  await bank.send({ kind: 'change_terminal', terminal: 'out', status: 'out_of_service' })
  await bank.send(withdraw('busy', 2, 20_00n))
  await bank.send({ kind: 'change', account: '1001', status: 'frozen' })
  return bank
}

describe('the reasons of machines', () => {
  test('all stand in the table of precedence, in its order', () => {
    const ofAtm: readonly string[] = atmReasons
    const listed = precedence.map(([reason]) => reason).filter((reason) => ofAtm.includes(reason))
    assert.deepEqual([...new Set(listed)], atmReasons)
    const rows = precedence.map(([reason]) => Object.keys(rejections).indexOf(reason))
    assert.deepEqual(
      rows,
      rows.toSorted((one, other) => one - other),
    )
  })

  for (const [reason, command] of precedence) {
    test(`${reason} answers a ${command.kind} before all later reasons, and moves nothing`, async () => {
      const bank = await openBank()
      const { noteMoves, postings, rows } = bank.store.machines
      const before = [noteMoves.length, postings.length, rows.size]
      assert.equal(await bank.ask(command), reason)
      assert.deepEqual([noteMoves.length, postings.length], before.slice(0, 2))
      if (rejections[reason] === 'refusal') assert.equal(rows.size, before[2], 'a refusal is not written')
      const again = await bank.send(command)
      assert.equal(again.status === 'rejected' && again.reason, reason)
    })
  }
})
