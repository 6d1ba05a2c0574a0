import swagger, { type SwaggerTransformObject } from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'

/**
 * What the page may load: only what this service serves itself. Unlike the preset of the page's own plugin it does
 * not ask browsers to switch to HTTPS, which would leave the page blank over plain HTTP from another host.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** The documentation, made from the schemas of the routes: must be registered before them. */
export async function documentRoutes(app: FastifyInstance, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Mini ATM System',
        version,
        description:
          'Accounts with exact money: deposits, withdrawals, transfers, holds, reversals, limits, history and statements. Every answer to what changes anything is durable before it is sent.',
        license: { name: 'MIT', identifier: 'MIT' },
      },
      servers: [{ url: '/', description: 'This service.' }],
      tags: [
        { name: 'accounts', description: 'Accounts, and the money of each.' },
        { name: 'transfers', description: 'Money from one account to another.' },
        { name: 'holds', description: 'Money set aside.' },
        { name: 'reversals', description: 'Money given back.' },
        { name: 'service', description: 'The service itself.' },
      ],
    },
    transformObject: withOptionalBodies,
  })
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: CONTENT_SECURITY_POLICY,
    uiConfig: { url: '/openapi.json', validatorUrl: null, tryItOutEnabled: true },
  })
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger())
}

/** Tells that a body may be left out where its schema allows null, which stands for none. */
const withOptionalBodies: SwaggerTransformObject = (document) => {
  if (!('openapiObject' in document)) return document.swaggerObject
  const { openapiObject } = document
  for (const path of Object.values(openapiObject.paths ?? {})) {
    const body = path?.post?.requestBody
    if (body === undefined || '$ref' in body) continue
    const { schema } = body.content['application/json'] ?? {}
    if (schema !== undefined && 'type' in schema && schema.type?.includes('null')) body.required = false
  }
  return openapiObject
}
