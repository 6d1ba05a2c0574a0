import type { FastifyInstance } from 'fastify'
import type { FromSchema } from 'json-schema-to-ts'
import { answered, commonErrors } from '../views/schemas.ts'

const Health = {
  type: 'object',
  required: ['status', 'version'],
  properties: { status: { type: 'string', const: 'ok' }, version: { type: 'string', examples: ['1.0.0'] } },
  additionalProperties: false,
} as const

export function healthRoutes(app: FastifyInstance, version: string): void {
  app.get<{ Reply: FromSchema<typeof Health> }>(
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
    async () => ({ status: 'ok', version }),
  )
}
