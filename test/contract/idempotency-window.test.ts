import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { type Answer, balanceIn, Client, wasReplayed } from '../support/client.ts'
import { engine } from '../support/engine.ts'
import { type Service, startService } from '../support/service.ts'

/** Asks again and again until the key is forgotten: time is what is awaited here. */
async function untilForgotten(send: () => Promise<Answer>): Promise<Answer> {
  for (;;) {
    const answer = await send()
    if (!wasReplayed(answer)) return answer
    await pause(50)
  }
}

async function withService(
  args: readonly string[],
  use: (client: Client, service: Service) => Promise<void>,
  env: NodeJS.ProcessEnv = {},
): Promise<void> {
  const service = await startService(args, env)
  const client = new Client(service.url)
  try {
    await use(client, service)
  } finally {
    client.close()
    await service.stop('SIGKILL')
  }
}

describe('the window of a key', () => {
  const windows = [
    { set: 'by the flag', args: ['--idempotency-ttl', '1'], env: {} },
    { set: 'by the variable', args: [], env: { ATM_IDEMPOTENCY_TTL: '1' } },
    { set: 'by the flag, which wins', args: ['--idempotency-ttl', '1'], env: { ATM_IDEMPOTENCY_TTL: '600' } },
  ]
  for (const { set, args, env } of windows) {
    test(`set ${set}, ends: then the same request posts once more`, { timeout: 20_000 }, async (t) =>
      withService(
        ['--store', await engine().emptyStore(t), ...args],
        async (client) => {
          const begin = performance.now()
          balanceIn(await client.operate('deposit', '9999', '"1.00"', 'window'))
          const posted = await untilForgotten(() => client.operate('deposit', '9999', '"1.00"', 'window'))
          assert.equal(balanceIn(posted), '2.00')
          const elapsedMs = performance.now() - begin
          assert.ok(elapsedMs > 900, `forgotten after ${elapsedMs} ms`)
          assert.ok(elapsedMs < 5_000, `kept for ${elapsedMs} ms, a replay must not renew it`)
        },
        env,
      ),
    )
  }

  test('ends for every request: the key is free for another', { timeout: 20_000 }, async (t) =>
    withService(['--store', await engine().emptyStore(t), '--idempotency-ttl', '1'], async (client) => {
      balanceIn(await client.operate('deposit', '9999', '"1.00"', 'free'))
      assert.equal((await client.operate('deposit', '9999', '"2.00"', 'free')).status, 422)
      await untilForgotten(() => client.operate('deposit', '9999', '"1.00"', 'free'))
      await pause(1_100)
      assert.equal(balanceIn(await client.operate('deposit', '9999', '"2.00"', 'free')), '4.00')
    }),
  )
})

function sendEachKind(client: Client): Promise<Answer[]> {
  return Promise.all([
    client.operate('deposit', '1001', '"10.00"', 'posted'),
    client.operate('withdraw', '1002', '"0.75"', 'withdrawn'),
    client.operate('withdraw', '9999', '"0.01"', 'declined'),
  ])
}

describe('a replay after a restart', () => {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    test(`by ${signal} is the same answer, posted or declined`, async (t) => {
      const store = await engine().durableStore(t)
      const first: Answer[] = []
      await withService(['--store', store], async (client, service) => {
        first.push(...(await sendEachKind(client)))
        await service.stop(signal)
      })
      assert.deepEqual(
        first.map((answer) => answer.status),
        [200, 200, 400],
      )
      await withService(['--store', store], async (client) => {
        const replays = await sendEachKind(client)
        assert.ok(replays.every(wasReplayed))
        assert.deepEqual(
          replays.map(({ status, text }) => ({ status, text })),
          first.map(({ status, text }) => ({ status, text })),
        )
        assert.equal(await client.balance('1001'), 51_000n)
        assert.equal((await client.operate('deposit', '1001', '"11.00"', 'posted')).status, 422)
      })
    })
  }
})
