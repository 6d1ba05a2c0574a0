import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { type Answer, Client, moneyOf, wasReplayed } from '../support/client.ts'
import {
  type Answered,
  effectOf,
  inParallel,
  randomOperation,
  sendOperation,
  startLoad,
} from '../support/load.ts'
import { openSocket, parseAnswer, readToEnd } from '../support/raw.ts'
import { run, type Service, startService, temporaryFolder } from '../support/service.ts'

const opening = { '1001': 50_000n, '1002': 125_075n, '9999': 0n }

async function stopInTime(service: Service, signal: NodeJS.Signals): Promise<void> {
  const begin = performance.now()
  const exit = await service.stop(signal)
  const elapsedMs = performance.now() - begin
  assert.ok(elapsedMs < 10_000, `ended after ${Math.round(elapsedMs)} ms`)
  assert.equal(exit.code, 0, exit.stderr)
  assert.equal(exit.stderr, '')
}

/** Sends each again after a restart, and tells the balances then. */
async function restartAndRetry(
  store: string,
  acknowledged: readonly Answered[],
  lost: readonly Answered['operation'][],
) {
  const service = await startService(['--store', store])
  const client = new Client(service.url)
  try {
    const balances = await Promise.all(Object.keys(opening).map((account) => client.balance(account)))
    const replays = await inParallel(acknowledged, 32, ({ operation }) => sendOperation(client, operation))
    const retries = await inParallel(lost, 32, (operation) => sendOperation(client, operation))
    return { balances, replays, retries }
  } finally {
    client.close()
    await service.stop()
  }
}

describe('an orderly end', () => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    test(
      `by ${signal} under load answers every request that was accepted`,
      { timeout: 60_000 },
      async (t) => {
        const store = `sqlite:${join(await temporaryFolder(t), 'atm.db')}`
        const service = await startService(['--store', store])
        const client = new Client(service.url)
        const load = startLoad(client, 64, () => randomOperation(Object.keys(opening)))
        await load.reached(1_000)
        await stopInTime(service, signal)
        await load.finished
        client.close()

        const { answered, unanswered } = load.result
        const acknowledged = answered.filter(({ answer }) => answer.status !== 503)
        const refused = answered.filter(({ answer }) => answer.status === 503)
        for (const { answer } of acknowledged) assert.ok([200, 400].includes(answer.status), answer.text)
        for (const { answer } of refused)
          assert.ok(answer.headers['retry-after'], 'a 503 says when to come again')

        const lost = [...unanswered, ...refused.map(({ operation }) => operation)]
        const { balances, replays, retries } = await restartAndRetry(store, acknowledged, lost)
        for (const [index, [account, cents]] of Object.entries(opening).entries()) {
          const mine = acknowledged.filter(({ operation }) => operation.account === account)
          const expected = mine.reduce((sum, answer) => sum + effectOf(answer), cents)
          assert.equal(
            moneyOf(balances[index] ?? -1n),
            moneyOf(expected),
            `${account} has what was answered, no more`,
          )
        }
        for (const [index, { answer }] of acknowledged.entries()) {
          assert.equal(replays[index]?.text, answer.text)
          assert.ok(wasReplayed(replays[index] ?? answer))
        }
        assert.equal(retries.filter(wasReplayed).length, 0, 'what had no answer was not booked')
        assert.equal((await run('src/verify.ts', ['--store', store])).code, 0)
        t.diagnostic(
          `${acknowledged.length} answered, ${refused.length} refused by 503, ${unanswered.length} not accepted`,
        )
      },
    )
  }

  test('answers a request whose last bytes come after the signal', { timeout: 30_000 }, async (t) => {
    const service = await startService()
    t.after(() => service.stop('SIGKILL'))
    const socket = await openSocket(service.url)
    const end = readToEnd(socket)
    socket.write(
      'POST /accounts/9999/deposit HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 17\r\n\r\n{"amount"',
    )
    await roundTrips(service.url, 3)
    const ended = stopInTime(service, 'SIGTERM')
    await untilRefused(service.url)
    socket.write(':"1.00"}')
    const answer = parseAnswer(await end)
    assert.equal(answer.status, 200, answer.text)
    assert.match(answer.text, /"balance":"1\.00"/)
    await ended
  })

  test('is not held up by clients that stay silent', { timeout: 30_000 }, async () => {
    const service = await startService()
    const idle = await openSocket(service.url)
    const half = await openSocket(service.url)
    const stuck = await openSocket(service.url)
    for (const socket of [idle, half, stuck]) socket.on('error', () => socket.destroy())
    half.write('GET /healthz HTTP/1.1\r\nHost:')
    stuck.write(
      'POST /accounts/9999/deposit HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 17\r\n\r\n{"amount"',
    )
    await roundTrips(service.url, 3)
    await stopInTime(service, 'SIGTERM')
    for (const socket of [idle, half, stuck]) socket.destroy()
  })
})

/** What was written to other connections before has been read by the service after these. */
async function roundTrips(url: string, count: number): Promise<void> {
  const client = new Client(url, 1)
  const answers: Answer[] = []
  for (let trip = 0; trip < count; trip += 1) answers.push(await client.get('/healthz'))
  client.close()
  assert.ok(answers.every(({ status }) => status === 200))
}

/** Resolves when the service accepts no connection any more. */
async function untilRefused(url: string): Promise<void> {
  for (;;) {
    try {
      const socket = await openSocket(url)
      socket.on('error', () => socket.destroy())
      socket.destroy()
    } catch {
      return
    }
  }
}
