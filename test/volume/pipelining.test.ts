import assert from 'node:assert/strict'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { Client } from '../support/client.ts'
import { residentMemory } from '../support/memory.ts'
import { openSocket } from '../support/raw.ts'
import { rounds } from '../support/rounds.ts'
import { startService, temporaryFolder } from '../support/service.ts'

const MIB = 1_024 * 1_024
const MAX_RESIDENT_MIB = 400
const SMALL_HEAP = { NODE_OPTIONS: '--max-old-space-size=128' }
const SERVED_MEANWHILE = rounds({ quick: 50, full: 500 })
const CONNECTIONS = 24

/** What clients send who send much and read nothing, as often as it is taken. */
const floods = [
  { name: '5,000 large deposits', request: largeDeposit(15_000), times: 5_000 },
  { name: '100,000 of the smallest requests', request: 'GET / HTTP/1.1\r\nHost:\r\n\r\n', times: 100_000 },
  {
    name: '2,000 requests for a long answer',
    request: 'GET /openapi.json HTTP/1.1\r\nHost:\r\n\r\n',
    times: 2_000,
  },
]

function largeDeposit(bytes: number): string {
  const body = `{"amount":"1.00","note":"${'x'.repeat(bytes)}"}`
  return `POST /accounts/9999/deposit HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${body.length}\r\n\r\n${body}`
}

/** Sends the request so many times, as fast as it is taken, until the connection ends; reads nothing. */
function flood(socket: Socket, request: string, times: number): void {
  const perPiece = Math.ceil(MIB / request.length)
  const piece = Buffer.from(request.repeat(perPiece))
  socket.on('error', () => socket.destroy())
  socket.pause()
  let left = Math.ceil(times / perPiece)
  const send = (): void => {
    left -= 1
    if (left >= 0 && socket.writable) socket.write(piece, send)
  }
  send()
}

describe('requests that are sent and never read', () => {
  for (const { name, request, times } of floods) {
    test(`such as ${name} on each of ${CONNECTIONS} connections do not fill the memory`, async (t) => {
      const store = `sqlite:${join(await temporaryFolder(t), 'atm.db')}`
      const service = await startService(['--store', store], SMALL_HEAP)
      const sockets: Socket[] = []
      const client = new Client(service.url, 1)
      t.after(async () => {
        for (const socket of sockets) socket.destroy()
        client.close()
        await service.stop()
      })
      for (let count = 0; count < CONNECTIONS; count += 1) sockets.push(await openSocket(service.url))
      for (const socket of sockets) flood(socket, request, times)
      const took: number[] = []
      for (let count = 0; count < SERVED_MEANWHILE; count += 1) {
        const startedAtMs = performance.now()
        const answer = await client.operate('deposit', '1001', '"0.01"')
        took.push(performance.now() - startedAtMs)
        assert.equal(answer.status, 200, answer.text)
      }
      const p99 = took.toSorted((one, other) => one - other)[Math.floor(took.length * 0.99)]
      const peakMib = (residentMemory(service.process.pid)?.peakBytes ?? 0) / MIB
      t.diagnostic(
        `others waited ${p99?.toFixed(1)} ms (p99); the service had ${peakMib.toFixed(0)} MiB at most`,
      )
      assert.ok(peakMib < MAX_RESIDENT_MIB, `${peakMib} MiB`)
    })
  }
})
