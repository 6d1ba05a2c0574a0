import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { Connection } from './fuzz/connection.ts'
import { type FuzzRequest, malformed, wellFormed } from './fuzz/requests.ts'
import { Tally } from './fuzz/tally.ts'
import { Client, objectIn } from './support/client.ts'
import { Random } from './support/random.ts'
import { run, type Service, startService, temporaryFolder } from './support/service.ts'
import { rounds } from './support/rounds.ts'

const requests = rounds({ quick: 10_000, full: 100_000 })
const seed = Number(process.env['ATM_FUZZ_SEED'] ?? randomInt(2 ** 31))
const CONNECTIONS = 128
const LONGEST_PIPELINE = 4
const RECENT = 100
const MAX_GROWTH_KIB = 64 * 1024
/** With room to spare, garbage is left lying about for long, and could not be told from what is really kept. */
const SMALL_HEAP = '--max-old-space-size=96 --max-semi-space-size=8'
const openingBalances = new Map([
  ['1001', 500_00n],
  ['1002', 1_250_75n],
  ['9999', 0n],
])

/** Resident memory in KiB, or undefined where the system does not say it in /proc. */
function residentKib(service: Service): number | undefined {
  const path = `/proc/${service.process.pid}/status`
  if (!existsSync(path)) return undefined
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(path, 'utf8'))?.[1])
}

/** Deals the requests out to the connections, so that one seed makes one sequence. */
class Dealer {
  readonly #random: Random
  readonly #tally: Tally
  /** Sent again now and then, byte by byte, as a client does that lost an answer. */
  readonly #recent: (FuzzRequest | undefined)[] = []
  #left: number

  constructor(random: Random, tally: Tally, count: number) {
    this.#random = random
    this.#tally = tally
    this.#left = count
  }

  /** What one connection sends at once: one request or a short pipeline; nothing when all are dealt. */
  next(): readonly FuzzRequest[] {
    const wanted = Math.min(
      this.#left,
      this.#random.percent(10) ? this.#random.integer(2, LONGEST_PIPELINE) : 1,
    )
    const dealt: FuzzRequest[] = []
    while (dealt.length < wanted) {
      const last = this.#one()
      // What damages the connection travels alone: it would take the answers of others with it.
      if (!last.mayShare && dealt.length > 0) continue
      dealt.push(last)
      if (!last.mayShare) break
    }
    this.#left -= dealt.length
    return dealt
  }

  #one(): FuzzRequest {
    if (this.#random.percent(8)) return malformed(this.#random)
    const again = this.#recent[this.#random.integer(0, RECENT * 10)]
    if (again !== undefined) return again
    const fresh = wellFormed(this.#random, this.#tally)
    this.#recent[this.#random.integer(0, RECENT - 1)] = fresh
    return fresh
  }
}

async function send(connection: Connection, dealt: readonly FuzzRequest[], tally: Tally): Promise<void> {
  const [first] = dealt
  if (first === undefined) return
  const bytes = Buffer.concat(dealt.map((request) => request.bytes))
  const methods = dealt.map((request) => request.method)
  const answers = first.malformed
    ? await connection.provoke(bytes)
    : await connection.exchange(bytes, methods)
  for (const [index, answer] of answers.entries()) tally.count(dealt[index] ?? first, answer)
  const unanswered = dealt[answers.length]
  if (unanswered === undefined) return
  const sent = JSON.stringify(unanswered.bytes.toString('latin1').slice(0, 600))
  const before = answers.map(({ status }) => status).join(', ')
  assert.ok(
    first.malformed,
    `the connection was closed after the answers [${before}] and without one to ${sent}`,
  )
  tally.countClosed()
}

async function fuzz(service: Service, dealer: Dealer, tally: Tally): Promise<void> {
  const work = async (): Promise<void> => {
    const connection = new Connection(service.url)
    for (let dealt = dealer.next(); dealt.length > 0; dealt = dealer.next())
      await send(connection, dealt, tally)
    connection.close()
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, work))
}

test(`${requests} random requests meet no 5xx, no hang, no foreign error body and move only what was accepted`, async (t) => {
  t.diagnostic(`ATM_FUZZ_SEED=${seed} repeats this run`)
  const folder = await temporaryFolder(t)
  const store = `sqlite:${join(folder, 'atm.db')}`
  const service = await startService(['--store', store], { NODE_OPTIONS: SMALL_HEAP })
  t.after(() => service.stop('SIGKILL'))
  const tally = new Tally()

  const random = new Random(seed)
  const settled = Math.floor(requests / 5)
  await fuzz(service, new Dealer(random, tally, settled), tally)
  const residentBefore = residentKib(service)
  await fuzz(service, new Dealer(random, tally, requests - settled), tally)
  const residentAfter = residentKib(service)
  t.diagnostic(tally.summary())
  assert.deepEqual(tally.wrong, [])

  const client = new Client(service.url)
  for (const account of new Set([...openingBalances.keys(), ...tally.changes.keys()])) {
    const { balance } = objectIn(await client.get(`/accounts/${account}/balance`))
    const expected = (openingBalances.get(account) ?? 0n) + (tally.changes.get(account) ?? 0n)
    // An overdraft may leave less than nothing.
    assert.equal(BigInt(String(balance).replace('.', '')), expected, `balance of ${account}`)
  }
  client.close()
  assert.ok(
    tally.accepted > requests / 10,
    `only ${tally.accepted} operations were accepted: too few to prove a sum`,
  )
  for (const kind of ['open', 'change', 'transfer', 'hold', 'capture', 'release', 'reverse', 'close key'])
    assert.ok((tally.carriedOut.get(kind) ?? 0) > 0, `no ${kind} was carried out`)

  if (residentBefore === undefined || residentAfter === undefined) {
    t.diagnostic('resident memory is not checked: this system has no /proc')
  } else {
    t.diagnostic(`resident memory ${residentBefore} KiB after a fifth, ${residentAfter} KiB in the end`)
    assert.ok(
      residentAfter - residentBefore < MAX_GROWTH_KIB,
      'the service grows with the requests it has served',
    )
  }

  const { code, stderr } = await service.stop()
  assert.deepEqual({ code, stderr }, { code: 0, stderr: '' })
  for (const line of service.lines) assert.notEqual(levelOf(line), 'error', line)
  const verified = await run('src/verify.ts', ['--store', store])
  assert.equal(verified.code, 0, verified.stdout + verified.stderr)
  assert.match(verified.stdout, /\bOK\b/)
})

/** Fails when the line of the log is not JSON. */
function levelOf(line: string): unknown {
  const event: { level?: unknown } = JSON.parse(line)
  return event.level
}
