import assert from 'node:assert/strict'
import type { StoredTransaction } from '../../src/atm/stored.ts'
import type { AtmReads, Store } from '../../src/storage/store.ts'
import { CARD, SESSION, TERMINAL } from '../atm/bank.ts'

/** Everything that can be read of cards, cash machines and the accounts they work on, without ids, which engines give as they like. */
export async function machinesIn(store: Store, nowMs: number): Promise<unknown> {
  const { atm } = store.reads
  const [first, other] = await store.reads.accounts(['1001', '1002'])
  assert.ok(first !== undefined)
  const history = await store.reads.history(first.id, 0, 10_000)
  const journal = await journalOf(atm, TERMINAL)
  const found = await Promise.all(
    journal.map(({ transaction: { terminalId, sequence } }) =>
      atm.terminalTransaction({ terminal: terminalId, sequence }),
    ),
  )
  assert.deepEqual(found, journal)
  const middle = journal[Math.floor(journal.length / 2)]?.transaction.request?.atMs ?? nowMs
  return withoutIds({
    balances: [first.balance, other?.balance],
    history: history.map(({ kind, atMs, amount }) => [kind, atMs, amount]),
    cards: [await atm.card(CARD), await atm.card('9000000000010026')],
    sessions: [await atm.cardOfSession(SESSION.digest), await atm.cardOfSession('none')],
    terminals: await terminalsIn(atm),
    noTerminal: await atm.terminal('none'),
    noTransaction: await atm.terminalTransaction({ terminal: TERMINAL, sequence: 999_999 }),
    journal,
    annex: await atm.journal('annex', {}, 10),
    between: await atm.journal(TERMINAL, { after: 2, before: 5 }, 10),
    open: await openIn(atm),
    totals: [
      sorted(await atm.totals(TERMINAL, 0, middle)),
      sorted(await atm.totals(TERMINAL, middle, nowMs + 1)),
      await atm.totals('annex', 0, nowMs + 1),
    ],
  })
}

async function terminalsIn(atm: AtmReads): Promise<unknown> {
  const [first, ...more] = await atm.terminalsAfter('', 1)
  assert.ok(first !== undefined)
  assert.equal(more.length, 0)
  const terminals = [first, ...(await atm.terminalsAfter(first.terminal.id, 10))]
  assert.deepEqual(await atm.terminalsAfter('', 10), terminals)
  assert.deepEqual(await Promise.all(terminals.map(({ terminal: { id } }) => atm.terminal(id))), terminals)
  return terminals
}

/** The whole journal, page by page. */
async function journalOf(atm: AtmReads, terminalId: string): Promise<readonly StoredTransaction[]> {
  const rows: StoredTransaction[] = []
  for (;;) {
    const page = await atm.journal(terminalId, { before: rows.at(-1)?.transaction.sequence }, 7)
    rows.push(...page)
    if (page.length < 7) return rows
  }
}

/** All transactions that wait for something, page by page. */
async function openIn(atm: AtmReads): Promise<readonly StoredTransaction[]> {
  const rows: StoredTransaction[] = []
  for (;;) {
    const last = rows.at(-1)?.transaction
    const after = last && { terminal: last.terminalId, sequence: last.sequence }
    const page = await atm.openTransactionsAfter(after, 2)
    rows.push(...page)
    if (page.length < 2) return rows
  }
}

function sorted<Item extends { readonly kind: string; readonly state: string }>(items: readonly Item[]) {
  const key = ({ kind, state }: Item): string => `${kind} ${state}`
  return items.toSorted((one, another) => key(one).localeCompare(key(another)))
}

/** Whether there is an id is compared, not which. */
function withoutIds(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutIds)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      isId(name) ? member !== undefined : withoutIds(member),
    ]),
  )
}

function isId(name: string): boolean {
  return ['postingId', 'accountId', 'cashAccountId', 'overShortAccountId'].includes(name)
}
