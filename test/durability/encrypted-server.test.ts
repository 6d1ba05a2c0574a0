import assert from 'node:assert/strict'
import { chmod, chown, copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { type Store, StoreOpenError } from '../../src/storage/store.ts'
import { plainTerms } from '../../src/ledger/terms.ts'
import { openStore } from '../../src/storage/open.ts'
import { serverOwner } from '../support/postgres-binaries.ts'
import { Cluster } from '../support/postgres-cluster.ts'
import { withSql } from '../support/postgres.ts'

const FILES = join(import.meta.dirname, '..', 'support', 'tls')
const AUTHORITY = join(FILES, 'ca.crt')
const options = { terms: plainTerms(600_000), clock: Date.now }

describe('a PostgreSQL server that encrypts', () => {
  let server: Cluster
  before(async () => {
    server = await Cluster.create({ ssl: 'on' })
    await giveCertificate(join(server.folder, 'primary'))
    await server.start()
  })
  after(() => server.remove())

  const open = (host: string, parameters: string): Promise<Store> =>
    openStore(`${server.url().replace('127.0.0.1', host)}?${parameters}`, options)

  const usable: readonly (readonly [host: string, parameters: string])[] = [
    ['127.0.0.1', 'sslmode=prefer'],
    ['127.0.0.1', 'sslmode=require'],
    ['127.0.0.1', `sslmode=verify-ca&sslrootcert=${AUTHORITY}`],
    ['localhost', `sslmode=verify-full&sslrootcert=${AUTHORITY}`],
  ]
  for (const [host, parameters] of usable) {
    test(`is used over TLS on ${host} with ${nameOf(parameters)}`, async () => {
      const store = await open(host, parameters)
      assert.equal(await store.isEmpty(), true)
      assert.deepEqual(await encryptionOfInstances(server), [true])
      await store.close()
    })
  }

  const refused: readonly (readonly [host: string, parameters: string, named: RegExp])[] = [
    ['127.0.0.1', `sslmode=verify-full&sslrootcert=${AUTHORITY}`, /altnames|certificate/i],
    ['localhost', 'sslmode=verify-full', /certificate/],
  ]
  for (const [host, parameters, named] of refused) {
    test(`is not trusted on ${host} with ${nameOf(parameters)}`, async () => {
      await assert.rejects(
        open(host, parameters),
        (error) => error instanceof StoreOpenError && named.test(error.message),
      )
    })
  }

  test('is found again over TLS after it was restarted under the hands of an instance', async () => {
    const store = await open('localhost', `sslmode=verify-full&sslrootcert=${AUTHORITY}`)
    await store.commit([{ kind: 'open', account: '1', openingBalance: 10n }])
    await server.stop('SIGQUIT')
    await server.start()
    await store.commit([{ kind: 'deposit', account: '1', amount: 5n }])
    assert.equal((await store.reads.accounts(['1']))[0]?.balance, 15n)
    assert.ok((await encryptionOfInstances(server)).every((isEncrypted) => isEncrypted))
    await store.close()
  })
})

test('a PostgreSQL server that does not encrypt is refused where the URL wants it', async (t) => {
  const server = await Cluster.create()
  t.after(() => server.remove())
  await server.start()
  await assert.rejects(
    openStore(`${server.url()}?sslmode=require`, options),
    (error) => error instanceof StoreOpenError && /does not encrypt/.test(error.message),
  )
})

function nameOf(parameters: string): string {
  return parameters.replace(AUTHORITY, 'the authority')
}

/** The server reads them from its data folder, and wants the key to be its own. */
async function giveCertificate(folder: string): Promise<void> {
  const { uid, gid } = serverOwner()
  for (const file of ['server.crt', 'server.key']) {
    const path = join(folder, file)
    await copyFile(join(FILES, file), path)
    await chmod(path, 0o600)
    if (uid !== undefined && gid !== undefined) await chown(path, uid, gid)
  }
}

/** For each connection of an instance, whether it is encrypted. */
function encryptionOfInstances(server: Cluster): Promise<boolean[]> {
  return withSql(server.url(), async (sql) => {
    const rows = await sql<{ ssl: boolean }[]>`
      SELECT DISTINCT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = 'mini-atm'`
    return rows.map(({ ssl }) => ssl)
  })
}
