// Fastify with routes that validate and serialise as the service does, and do nothing else.
import fastify from 'fastify'
import { AccountParams, Balance } from '../../src/http/shared/schemas.ts'
import { serveOnProcesses } from './on-every-core.ts'
import { readPeerOptions } from './options.ts'

const Amount = {
  type: 'object',
  required: ['amount'],
  properties: { amount: { anyOf: [{ type: 'string' }, { type: 'number' }] } },
}

async function serve(port: number): Promise<void> {
  const server = fastify({
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false } },
  })
  server.get<{ Params: AccountParams }>(
    '/accounts/:account_number/balance',
    { schema: { params: AccountParams, response: { 200: Balance } } },
    async ({ params }) => ({ account_number: params.account_number, balance: '500.00' }),
  )
  server.post<{ Params: AccountParams; Body: { amount: string | number } }>(
    '/accounts/:account_number/deposit',
    { schema: { params: AccountParams, body: Amount, response: { 200: Balance } } },
    async ({ params, body }) => ({ account_number: params.account_number, balance: String(body.amount) }),
  )
  await server.listen({ port, host: '127.0.0.1' })
}

const { port, workers } = readPeerOptions()
serveOnProcesses(workers, () => void serve(port))
