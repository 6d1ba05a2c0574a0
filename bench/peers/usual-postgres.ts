// The usual way to book in PostgreSQL: one transaction an operation. It locks the account's row, writes the new
// balance, adds an entry and commits. No drawer, no idempotency, no log, and only as much HTTP as that takes.
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { parseArgs } from 'node:util'
import postgres from 'postgres'
import { FIRST_SEEDED_ACCOUNT } from '../seed-plan.ts'

const CENTS = 100

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '8000' },
    database: { type: 'string', default: '' },
    accounts: { type: 'string', default: '1' },
    pool: { type: 'string', default: '16' },
  },
})
const sql = postgres(values.database, { max: Number(values.pool), types: { bigint: postgres.BigInt } })

async function createBooks(accounts: number): Promise<void> {
  await sql`CREATE TABLE accounts (number text PRIMARY KEY, balance bigint NOT NULL)`
  await sql`CREATE TABLE entries (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT now(),
    number text NOT NULL,
    amount bigint NOT NULL,
    balance bigint NOT NULL
  )`
  await sql`CREATE INDEX ON entries (number, id)`
  await sql`INSERT INTO accounts
    SELECT ${FIRST_SEEDED_ACCOUNT}::int + n, 0 FROM generate_series(0, ${accounts}::int - 1) AS n`
}

function deposit(number: string, amount: bigint): Promise<bigint> {
  return sql.begin(async (transaction) => {
    const [account] = await transaction<{ balance: bigint }[]>`
      SELECT balance FROM accounts WHERE number = ${number} FOR UPDATE`
    if (account === undefined) throw new Error('account not found')
    const balance = account.balance + amount
    await transaction`UPDATE accounts SET balance = ${balance} WHERE number = ${number}`
    await transaction`INSERT INTO entries (number, amount, balance) VALUES (${number}, ${amount}, ${balance})`
    return balance
  })
}

function reply(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
  })
  response.end(body)
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await text(request)
  if (request.method !== 'POST') return reply(response, 200, '{}')
  const { amount }: { amount: string } = JSON.parse(body)
  const number = request.url?.split('/')[2] ?? ''
  const balance = await deposit(number, BigInt(Math.round(Number(amount) * CENTS)))
  reply(
    response,
    200,
    JSON.stringify({ account_number: number, balance: (Number(balance) / CENTS).toFixed(2) }),
  )
}

await createBooks(Number(values.accounts))
createServer((request, response) => {
  answer(request, response).catch(() => reply(response, 500, '{}'))
}).listen(Number(values.port), '127.0.0.1')
