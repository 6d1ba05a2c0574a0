import type { FastifyInstance } from 'fastify'
import { answer } from './shared/schemas.ts'
import type { FromSchema } from 'json-schema-to-ts'
import type { Ledger } from '../service/ledger.ts'
import { Problem } from './errors/problem.ts'
import { errorResponse, okResponse, readErrors } from './shared/responses.ts'

const Health = answer('Health', {
  status: { type: 'string', const: 'ok' },
  version: { type: 'string', examples: ['1.0.0'] },
})

export function healthRoutes(app: FastifyInstance, ledger: Ledger, version: string): void {
  app.get<{ Reply: FromSchema<typeof Health> }>(
    '/healthz',
    {
      schema: {
        operationId: 'getHealth',
        summary: 'Health check',
        description:
          'Whether a deposit would be taken now. Where nothing was written of late the store is made to write, at most ' +
          'once a second.',
        tags: ['service'],
        response: {
          200: okResponse('The service is up and takes writes.', Health),
          ...readErrors,
          503: errorResponse(
            'No writes are taken now; the sentence says why.',
            notWritable('the disk is full'),
          ),
        },
      },
    },
    async () => {
      const fault = await ledger.whyNotWritable()
      if (fault !== undefined) throw notWritable(fault.message)
      return { status: 'ok', version }
    },
  )
}

function notWritable(reason: string): Problem {
  return new Problem('unavailable', `no writes are taken now: ${reason}`)
}
