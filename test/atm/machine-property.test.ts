import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { rounds } from '../support/rounds.ts'
import { Bank } from './bank.ts'
import { commandOf, deedOf, KINDS } from './model/deeds.ts'
import type { Deed, MachineModel } from './model/machine-model.ts'
import { opening, openModel, planIn, signIn, step, wordOf } from './model/opening.ts'

const steps = fc.array(step, { minLength: 20, maxLength: 60 })

async function openBank(): Promise<Bank> {
  const bank = new Bank()
  bank.nowMs = 86_400_000 * 20
  for (const command of opening) await bank.send(command)
  return bank
}

/** So long that the machine is overdue; and a new session, as the one before may have run out. */
async function passTime(bank: Bank): Promise<void> {
  bank.nowMs += 31_000
  for (const command of signIn) await bank.send(command)
}

function sorted<Item extends readonly [string, unknown]>(items: readonly Item[]): readonly Item[] {
  return items.toSorted(([one], [two]) => one.localeCompare(two))
}

async function compareFigures(bank: Bank, model: MachineModel, deed: Deed): Promise<void> {
  const [account, other] = await bank.store.reads.accounts(['1001', '1002'])
  const { terminal } = bank
  const contents = terminal.units.flatMap(({ unit, contents: all }) =>
    all.map(({ denomination, notes }) => [`${unit} ${denomination}`, notes] as const),
  )
  const expected = [...model.notes].filter(([, notes]) => notes > 0)
  assert.deepEqual(
    {
      account: account?.balance,
      other: other?.balance,
      over: bank.store.balanceOf(terminal.overShortAccountId),
      cash: -bank.store.balanceOf(terminal.cashAccountId),
      waiting: terminal.unsettledSequence,
      latest: terminal.latestSequence,
      notes: sorted(contents),
    },
    {
      account: BigInt(model.customer),
      other: BigInt(model.other),
      over: BigInt(model.over),
      cash: BigInt(model.cash),
      waiting: model.waiting,
      latest: model.latest,
      notes: sorted(expected),
    },
    JSON.stringify(deed),
  )
  for (const [sequence, line] of model.lines) {
    const row = bank.row(sequence)
    assert.deepEqual([row.state, row.conflict !== undefined], [line.state, line.conflict !== undefined])
  }
}

/** What must be met for the comparison to prove anything: these in any run, */
const common: Readonly<Record<string, string>> = {
  withdraw: 'authorized insufficient_funds terminal_out_of_service',
  report: 'dispensed partly_dispensed not_dispensed in_doubt closed again conflict',
  deposit: 'authorized',
  stored: 'accepted returned in_doubt',
  transfer: 'settled',
  resolve: 'closed not_in_doubt',
  exchange: 'done',
  count: 'done',
}

/** and these where there are many. */
const rare: Readonly<Record<string, string>> = {
  withdraw:
    'again amount_not_dispensable too_many_notes account_frozen daily_amount_limit_exceeded terminal_has_unsettled transaction_closed',
  report: 'declined sequence_reused',
  deposit: 'unit_full again transaction_closed',
  stored: 'again closed declined',
  transfer: 'again insufficient_funds',
  resolve: 'dispensed partly_dispensed not_dispensed accepted returned again sequence_reused',
  exchange: 'unit_mismatch unit_full again not_enough_notes',
  count: 'unit_mismatch terminal_not_in_exchange again',
}

test('an independent model predicts every answer, and the notes and the money after it', async (context) => {
  const counts = new Map<string, number>()
  const met = (name: string): void => void counts.set(name, (counts.get(name) ?? 0) + 1)
  const runs = rounds({ quick: 120, full: 1_500 })
  await fc.assert(
    fc.asyncProperty(steps, async (all) => {
      const bank = await openBank()
      const model = openModel()
      const deeds: Deed[] = []
      for (const each of all) {
        if (each.where === 5) await passTime(bank)
        bank.nowMs += 10
        model.nowMs = bank.nowMs
        const earlier = each.what === KINDS ? deeds.at(-1 - (each.where % 3)) : undefined
        const deed = earlier ?? deedOf(each, model)
        deeds.push(deed)
        const [outcome] = await bank.store.commit([commandOf(deed)])
        assert.ok(outcome !== undefined)
        const predicted = model.predict(deed, planIn(outcome))
        assert.equal(wordOf(outcome), predicted, JSON.stringify(deed))
        met(outcome.replayed ? `${deed.do} again` : `${deed.do} ${predicted}`)
        await compareFigures(bank, model, deed)
      }
      await bank.assertExact()
      if ([...model.lines.values()].some(({ conflict }) => conflict !== undefined)) met('report conflict')
    }),
    { numRuns: runs },
  )
  context.diagnostic([...counts].map(([name, times]) => `${name} ${times}`).join(' · '))
  for (const wanted of runs >= 1_000 ? [common, rare] : [common]) {
    for (const [deed, words] of Object.entries(wanted))
      for (const word of words.split(' '))
        assert.ok((counts.get(`${deed} ${word}`) ?? 0) > 0, `${deed} ${word} was never met`)
  }
})
