import assert from 'node:assert/strict'
import { randomInt, randomUUID } from 'node:crypto'
import { describe, test } from 'node:test'
import { type Client, moneyOf } from '../support/client.ts'
import { deployments } from '../support/deployments.ts'
import { assertVerified } from '../support/exactly-once.ts'
import { inParallel } from '../support/load.ts'
import { withSql } from '../support/postgres.ts'
import {
  ask,
  centsIn,
  expectStatus,
  listIn,
  openAccount,
  textIn,
  type Told,
  transfer,
  type TransferRequest,
} from '../support/requests.ts'
import { rounds } from '../support/rounds.ts'

const clients = 64
const transfers = rounds({ quick: 1_000, full: 5_000 })
const opening = 10_000n
const numbers = Array.from({ length: 10 }, (_, index) => `70000${index}`)
const total = opening * BigInt(numbers.length)

interface Transferred extends Required<TransferRequest> {
  readonly told: Told
}

function randomTransfer(): Required<TransferRequest> {
  const from = randomInt(numbers.length)
  const to = (from + randomInt(1, numbers.length)) % numbers.length
  return {
    from: numbers[from] ?? '',
    to: numbers[to] ?? '',
    // So large that some are declined.
    cents: BigInt(randomInt(1, 8_000)),
    reference: randomUUID(),
  }
}

/** Most are sent to one of the two; every tenth goes to both at once, with its key, and one of them carries it out. */
async function sendTransfer([first, second]: readonly [Client, Client], index: number): Promise<Transferred> {
  const asked = randomTransfer()
  const send = (client: Client): Promise<Told> => transfer(client, asked, asked.reference)
  const [told, ...again] =
    index % 10 === 0
      ? await Promise.all([send(first), send(second)])
      : [await send(index % 2 === 0 ? first : second)]
  const answers = [told, ...again]
  assert.equal(new Set(answers.map(({ text, status }) => `${status} ${text}`)).size, 1, 'one key, one answer')
  assert.equal(answers.filter(({ replayed }) => replayed).length, answers.length - 1)
  if (told.status !== 200) assert.equal(told.code, 'insufficient_funds', told.text)
  return { ...asked, told }
}

/** The balances of all accounts as one request tells them: none is below zero, or it could not be read. */
async function readAll(client: Client): Promise<string> {
  const told = expectStatus(await ask(client, 'GET', '/accounts?limit=1000'), 200)
  const ours = listIn(told, 'accounts').filter((account) =>
    numbers.includes(textIn(account, 'account_number')),
  )
  assert.equal(ours.length, numbers.length)
  const balances = ours.map((account) => centsIn(account, 'balance'))
  assert.equal(sumOf(balances), total, 'the total has moved')
  return balances.join()
}

/** The same in one statement of SQL, past the service. */
function readAllBySql(store: string): () => Promise<string> {
  return () =>
    withSql(store, async (sql) => {
      const rows = await sql<{ balance: bigint }[]>`
        SELECT balance FROM accounts WHERE number = ANY(${[...numbers]}) ORDER BY number`
      const balances = rows.map(({ balance }) => balance)
      assert.equal(sumOf(balances), total, 'the total has moved')
      assert.ok(balances.every((balance) => balance >= 0n))
      return balances.join()
    })
}

function sumOf(amounts: readonly bigint[]): bigint {
  return amounts.reduce((sum, each) => sum + each, 0n)
}

/** Reads again and again until the work is over, and answers how many different states were seen. */
async function countStates(work: { readonly over: boolean }, read: () => Promise<string>): Promise<number> {
  const states = new Set<string>()
  do states.add(await read())
  while (!work.over)
  return states.size
}

/** Fails unless each acknowledged transfer stands once in each of the two histories, and nothing else does. */
async function assertBookedOnce(client: Client, posted: readonly Transferred[]): Promise<void> {
  for (const number of numbers) {
    const statement = expectStatus(await ask(client, 'GET', `/accounts/${number}/statement`), 200)
    const lines = listIn(statement, 'lines').slice(1)
    const listed = lines.map((line) =>
      ['id', 'type', 'amount', 'counterparty', 'reference'].map((name) => textIn(line, name)).join(' '),
    )
    const expected = posted.flatMap(({ from, to, cents, reference, told }) => [
      ...(from === number
        ? [`${textIn(told, 'transaction_id')} transfer_out ${moneyOf(cents)} ${to} ${reference}`]
        : []),
      ...(to === number
        ? [`${textIn(told, 'transaction_id')} transfer_in ${moneyOf(cents)} ${from} ${reference}`]
        : []),
    ])
    assert.deepEqual(listed.toSorted(), expected.toSorted(), number)
    assert.equal(centsIn(statement, 'closing_balance'), await client.balance(number))
  }
}

describe(`${clients} clients that transfer at random among ${numbers.length} accounts`, () => {
  for (const { name, engine, start } of deployments) {
    test(`never move the total, and each transfer stands in both histories once: ${name}`, async (t) => {
      const { store, clients: both } = await start(t)
      for (const number of numbers) await openAccount(both[0], number, opening)

      const work = { over: false }
      const readers = [() => readAll(both[0]), () => readAll(both[1])]
      if (engine === 'PostgreSQL') readers.push(readAllBySql(store))
      const reading = Promise.all(readers.map((read) => countStates(work, read)))
      const sending = inParallel(Array.from({ length: transfers }), clients, (_, index) =>
        sendTransfer(both, index),
      )
      const [transferred, states] = await Promise.all([sending.finally(() => (work.over = true)), reading])

      const posted = transferred.filter(({ told }) => told.status === 200)
      const declined = transferred.length - posted.length
      t.diagnostic(`${posted.length} transferred, ${declined} declined; states read: ${states.join(', ')}`)
      assert.ok(declined > transfers / 100 && posted.length > transfers / 2, 'most are posted, some declined')
      assert.ok(
        states.every((count) => count > transfers / 250),
        'the readers have read while money moved',
      )
      for (const client of both) await readAll(client)
      await assertBookedOnce(both[1], posted)
      await assertVerified(store)
    })
  }
})
