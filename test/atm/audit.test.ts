import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { auditAtm } from '../../src/atm/audit/audit.ts'
import type { AuditedTerminalPosting, AuditedTransaction } from '../../src/atm/audit/source.ts'
import type { NoteMove, TerminalTransaction } from '../../src/atm/terminal-transactions.ts'
import type { Terminal } from '../../src/atm/terminals.ts'
import { Differences } from '../../src/ledger/audit/differences.ts'
import {
  type Bank,
  deposit,
  depositReported,
  exchangeOf,
  openBank,
  reported,
  resolution,
  TERMINAL,
  withdrawal,
} from './bank.ts'

/** All that the audit reads, as lists that can be damaged. */
interface Paper {
  readonly terminals: { terminal: Terminal; cashBalance: bigint; overShortBalance: bigint }[]
  readonly noteMoves: NoteMove[]
  readonly transactions: AuditedTransaction[]
  readonly postings: AuditedTerminalPosting[]
}

async function listOf<Item>(
  chunks: AsyncIterable<readonly Item[]> | Iterable<readonly Item[]>,
): Promise<Item[]> {
  const items: Item[] = []
  for await (const chunk of chunks) items.push(...chunk)
  return items
}

const twenties = (notes: number) => [{ unit: 'c20', notes }]

/** One transaction of each kind: 17 partly dispensed, 18 accepted, 19 resolved, 20 in doubt, 21 counted, 22 authorized. */
async function busyBank(): Promise<Bank> {
  const bank = await openBank()
  await bank.send(withdrawal(17))
  await bank.send(reported(17, 'partly_dispensed', twenties(2), twenties(1)))
  await bank.send(deposit(18))
  await bank.send(depositReported(18, 'accepted', 3))
  await bank.send(withdrawal(19))
  await bank.send(reported(19, 'retracted'))
  await bank.send(resolution(19, 1, 1))
  await bank.send(withdrawal(20))
  await bank.send(reported(20, 'unknown'))
  await bank.send({ kind: 'change_terminal', terminal: TERMINAL, status: 'exchange' })
  await bank.send({ kind: 'count', terminal: TERMINAL, sequence: 21, counted: [{ unit: 'c10', notes: 99 }] })
  await bank.send(exchangeOf(22, [{ unit: 'c10', notes: 1 }]))
  await bank.send({ kind: 'change_terminal', terminal: TERMINAL, status: 'in_service' })
  await bank.send(withdrawal(23))
  return bank
}

async function paperOf(bank: Bank): Promise<Paper> {
  const source = bank.store.atmAuditSource()
  return structuredClone({
    terminals: await listOf(source.terminals()),
    noteMoves: await listOf(source.noteMoves()),
    transactions: await listOf(source.transactions()),
    postings: await listOf(source.postings()),
  })
}

async function differencesIn({ terminals, noteMoves, transactions, postings }: Paper) {
  const differences = new Differences()
  const report = await auditAtm(
    {
      terminals: () => [terminals],
      noteMoves: () => [noteMoves],
      transactions: () => [transactions],
      postings: () => [postings],
    },
    differences,
    Date.now(),
  )
  return { report, sentences: differences.first }
}

/** The paper with one transaction changed. */
function withRow(paper: Paper, sequence: number, change: Partial<TerminalTransaction>): Paper {
  const transactions = paper.transactions.map((each) =>
    each.transaction.sequence === sequence
      ? { ...each, transaction: { ...each.transaction, ...change } }
      : each,
  )
  return { ...paper, transactions }
}

function withTerminal(paper: Paper, change: Partial<Terminal>): Paper {
  return {
    ...paper,
    terminals: paper.terminals.map((each) => ({ ...each, terminal: { ...each.terminal, ...change } })),
  }
}

const damages: Readonly<Record<string, readonly [(paper: Paper) => Paper, RegExp]>> = {
  'a note too many in a unit': [
    (paper) => {
      for (const { terminal } of paper.terminals)
        for (const unit of terminal.units)
          if (unit.unit === 'c50') unit.contents = [{ denomination: 50_00n, notes: 101 }]
      return paper
    },
    /holds 101 notes of 5000 cents in unit c50, where its note moves add up to 100/,
  ],
  'cash that is no notes': [
    (paper) => ({
      ...paper,
      terminals: paper.terminals.map((each) => ({ ...each, cashBalance: each.cashBalance - 1n })),
    }),
    /holds notes of \d+ cents, where its cash account says/,
  ],
  'an over-and-short account that nothing explains': [
    (paper) => ({ ...paper, terminals: paper.terminals.map((each) => ({ ...each, overShortBalance: 5n })) }),
    /is over by 5 cents, where counts and resolutions say -3000/,
  ],
  'a lost note move': [
    (paper) => ({ ...paper, noteMoves: paper.noteMoves.slice(0, -1) }),
    /note moves were made, where transactions have/,
  ],
  'notes given before they were there': [
    (paper) => ({ ...paper, noteMoves: paper.noteMoves.toReversed() }),
    /gave more notes of 2000 cents in unit c20 than it had/,
  ],
  'notes that moved without money': [
    (paper) => ({
      ...paper,
      transactions: paper.transactions.map((each) =>
        each.transaction.sequence === 18 ? { ...each, moves: [] } : each,
      ),
    }),
    /transaction 18 of terminal lobby moved 0 cents in notes and 6000 in money/,
  ],
  'a posting of nobody': [
    (paper) => ({ ...paper, postings: paper.postings.map((each) => ({ ...each, terminalId: undefined })) }),
    /posting \d+ belongs to no transaction of its machine/,
  ],
  'a withdrawal that is called whole': [
    (paper) => withRow(paper, 17, { state: 'dispensed' }),
    /transaction 17 of terminal lobby is dispensed, where it gave 4000 of 6000 cents/,
  ],
  'a withdrawal of another amount': [
    (paper) => withRow(paper, 17, { amount: 50_00n }),
    /transaction 17 of terminal lobby names posting \d+, which does not pay for its notes/,
  ],
  'doubt that was reversed': [
    (paper) => withRow(paper, 17, { state: 'in_doubt' }),
    /transaction 17 of terminal lobby is in_doubt, and 2000 cents of it are reversed/,
  ],
  'a resolution that gave something else': [
    (paper) => withRow(paper, 19, { resolution: undefined }),
    /transaction 19 of terminal lobby gave 4000 cents in notes for 2000 in money/,
  ],
  'a declined transaction that moved something': [
    (paper) => withRow(paper, 18, { state: 'declined' }),
    /transaction 18 of terminal lobby is declined, and has moved notes or money/,
  ],
  'a deposit that names the posting of a withdrawal': [
    (paper) => withRow(paper, 20, { kind: 'deposit', state: 'accepted' }),
    /transaction 20 of terminal lobby names posting \d+, which is not for its notes/,
  ],
  'two that wait for their outcome': [
    (paper) => withRow(paper, 20, { state: 'authorized' }),
    /waits for the outcome of 23, where 20, 23 are authorized/,
  ],
  'a sequence that was forgotten': [
    (paper) => withTerminal(paper, { latestSequence: 22 }),
    /has used sequence 22, where its journal ends at 23/,
  ],
  'a journal of no terminal': [
    (paper) => ({ ...paper, terminals: [] }),
    /transaction 17 of terminal lobby is of no terminal that exists/,
  ],
}

describe('the audit of machines', () => {
  let bank: Bank
  before(async () => (bank = await busyBank()))

  test('finds nothing where all is in order, and says what is in doubt', async () => {
    const { report, sentences } = await differencesIn(await paperOf(bank))
    assert.deepEqual(sentences, [])
    assert.deepEqual(report, {
      terminals: 1,
      transactions: 8,
      noteMoves: bank.store.machines.noteMoves.length,
      inDoubt: 1,
      inDoubtAmount: 60_00n,
      conflicts: 0,
    })
  })

  for (const [what, [damage, sentence]] of Object.entries(damages)) {
    test(`names ${what}`, async () => {
      const { sentences } = await differencesIn(damage(await paperOf(bank)))
      assert.ok(
        sentences.some((each) => sentence.test(each)),
        sentences.join('\n'),
      )
    })
  }
})
