// Fastify with routes that validate and serialise as the service does, and do nothing else.
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import fastify from 'fastify'
import { Type } from 'typebox'
import { AccountParams, Balance } from '../../src/http/schemas.ts'
import { serveOnProcesses } from './on-every-core.ts'
import { readPeerOptions } from './options.ts'

const Amount = Type.Object({ amount: Type.Union([Type.String(), Type.Number()]) })

async function serve(port: number): Promise<void> {
  const server = fastify({
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false } },
  }).withTypeProvider<TypeBoxTypeProvider>()
  server.get(
    '/accounts/:account_number/balance',
    { schema: { params: AccountParams, response: { 200: Balance } } },
    async ({ params }) => ({ account_number: params.account_number, balance: '500.00' }),
  )
  server.post(
    '/accounts/:account_number/deposit',
    { schema: { params: AccountParams, body: Amount, response: { 200: Balance } } },
    async ({ params, body }) => ({ account_number: params.account_number, balance: String(body.amount) }),
  )
  await server.listen({ port, host: '127.0.0.1' })
}

const { port, workers } = readPeerOptions()
serveOnProcesses(workers, () => void serve(port))
