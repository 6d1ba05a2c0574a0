import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { readTarget } from '../src/storage/postgres/connection/url.ts'
import { balanceIn, Client, isRecord } from './support/client.ts'
import { assertVerified } from './support/exactly-once.ts'
import { createDatabase, withSql } from './support/postgres.ts'
import {
  captureHold,
  changeAccount,
  expectStatus,
  openAccount,
  placeHold,
  reverse,
} from './support/requests.ts'
import { projectRoot, startService } from './support/service.ts'

const page = readFileSync(join(projectRoot, 'docs', 'operations.md'), 'utf8')

describe('docs/operations.md', () => {
  test('names only npm scripts that exist', () => {
    const manifest: unknown = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8'))
    assert.ok(isRecord(manifest) && isRecord(manifest['scripts']))
    const scripts = Object.keys(manifest['scripts'])
    const named = [...page.matchAll(/\bnpm (?:run ([\w:-]+)|(start|test)\b)/g)].map(
      (match) => match[1] ?? match[2] ?? '',
    )
    assert.ok(named.includes('drill:failover') && named.includes('verify'))
    assert.deepEqual(
      named.filter((name) => !scripts.includes(name)),
      [],
    )
  })

  test('has the parameters of the URL that the service knows, all and no others', () => {
    const section = /^### The URL\n([^]*?)^###? /m.exec(page)?.[1] ?? ''
    const documented = [...section.matchAll(/^\| `(\w+)` /gm)].map((match) => match[1] ?? '')
    let message = ''
    try {
      readTarget('postgres://host/database?no_such_parameter=1')
    } catch (error) {
      message = error instanceof Error ? error.message : ''
    }
    const known = /known are (.*)$/.exec(message)?.[1]?.split(', ') ?? []
    assert.ok(known.length > 0, message)
    assert.deepEqual(documented.toSorted(), known.toSorted())
  })

  test('gives a role just the rights that an instance needs', async (t) => {
    const owned = await createDatabase(t)
    assert.equal((await (await startService(['--store', owned])).stop()).code, 0)
    const role = `atm_app_${randomUUID().replaceAll('-', '')}`
    const grants = [...page.matchAll(/^GRANT [^;]+ TO atm_app;$/gm)].map((match) => match[0])
    assert.ok(grants.length > 0)
    const url = new URL(owned)
    await withSql(owned, async (sql) => {
      await sql.unsafe(`CREATE ROLE ${role} LOGIN PASSWORD '${url.password}'`)
      await sql.unsafe(grants.join('\n').replaceAll(' atm_app;', ` ${role};`))
    })
    const administration = new URL(owned)
    administration.pathname = '/postgres'
    // Its rights have gone with the database by then.
    t.after(async () => {
      await withSql(administration.href, (sql) => sql.unsafe(`DROP ROLE ${role}`))
    })
    url.username = role
    const service = await startService(['--store', url.href])
    t.after(() => service.stop())
    const client = new Client(service.url)
    for (const key of ['a', 'a', 'b']) balanceIn(await client.operate('deposit', '1001', '"1.00"', key))
    assert.equal(await client.balance('1001'), 50_200n)
    await openAccount(client, 'A-1', 10_000n)
    const hold = await placeHold(client, 'A-1', 1_000n)
    expectStatus(await captureHold(client, hold, 500n), 200)
    expectStatus(await reverse(client, { idempotency_key: 'a' }), 200)
    expectStatus(await reverse(client, { idempotency_key: 'never-sent' }), 200)
    expectStatus(await changeAccount(client, 'A-1', { status: 'frozen' }), 200)
    client.close()
    await assertVerified(url.href)
  })
})
