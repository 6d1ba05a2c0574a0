import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { describe, test } from 'node:test'
import { Client } from '../support/client.ts'
import { assertRunningBalances, historyOf } from '../support/history.ts'
import { type Service, startService } from '../support/service.ts'

const MEBIBYTE = 1_024 * 1_024
const noProcFolder =
  process.platform !== 'linux' && 'memory is read from /proc, which this system does not have'

describe('a body that nobody waits for', () => {
  for (const route of ['/nowhere', '/healthz', '/accounts/1001/deposit']) {
    test(`is not kept when it is sent to ${route}, however long it is`, { skip: noProcFolder }, async (t) => {
      const service = await startService()
      t.after(() => service.stop())
      const before = residentBytes(service)
      await sendLongBody(service, `POST ${route}`, 512 * MEBIBYTE)
      const growth = residentBytes(service) - before
      assert.ok(growth < 192 * MEBIBYTE, `memory grew by ${Math.round(growth / MEBIBYTE)} MiB`)
    })
  }

  test('harms nobody when its sender goes away before the answer', async (t) => {
    const service = await startService()
    t.after(() => service.stop())
    const body = '{"amount":"1.00"}'
    for (let round = 0; round < 50; round += 1) {
      const socket = connect(Number(new URL(service.url).port), '127.0.0.1')
      const request = `POST /accounts/9999/deposit HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: ${body.length}\r\n\r\n${body}`
      await new Promise<void>((resolve) => socket.write(request, () => resolve()))
      socket.destroy()
      await once(socket, 'close')
    }
    const client = new Client(service.url)
    // Some may be on their way still, so that what is read later has no less than what was read before.
    const rows = await historyOf(client, '9999')
    const balance = await client.balance('9999')
    client.close()
    assertRunningBalances(0n, rows)
    assert.ok(balance <= 50_00n && balance >= BigInt(rows.length) * 100n)
    assert.deepEqual(
      service.lines.filter((line) => line.includes('"level":"error"')),
      [],
    )
  })
})

function residentBytes(service: Service): number {
  const status = readFileSync(`/proc/${service.process.pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1_024
}

/** Sends the bytes as fast as they are taken, until they are all sent or the connection is closed. */
async function sendLongBody(service: Service, head: string, bytes: number): Promise<void> {
  const socket = connect(Number(new URL(service.url).port), '127.0.0.1')
  // The service may close the connection once it has answered; what counts here is its memory.
  socket.on('error', () => socket.destroy())
  socket.resume()
  socket.write(
    `${head} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: ${bytes}\r\n\r\n`,
  )
  const piece = Buffer.alloc(MEBIBYTE, ' ')
  for (let sent = 0; sent < bytes && socket.writable; sent += piece.length) {
    await new Promise<void>((resolve) => socket.write(piece, () => resolve()))
  }
  socket.destroy()
}
