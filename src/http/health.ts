import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { answered, commonErrors } from './schemas.ts'

const Health = Type.Object(
  { status: Type.Literal('ok'), version: Type.String({ examples: ['1.0.0'] }) },
  { additionalProperties: false },
)

export function healthRoutes(app: FastifyInstance, version: string): void {
  app.withTypeProvider<TypeBoxTypeProvider>().get(
    '/healthz',
    {
      schema: {
        operationId: 'getHealth',
        summary: 'Health check',
        description: 'Answers as long as the service takes requests.',
        tags: ['service'],
        response: { 200: answered('The service is up.', Health), ...commonErrors },
      },
    },
    async () => ({ status: 'ok' as const, version }),
  )
}
