import swagger, { type SwaggerTransformObject } from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance, FastifySchema, RouteOptions } from 'fastify'

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
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** The documentation, made from the schemas of the routes: must be registered before them. */
export async function documentRoutes(app: FastifyInstance, version: string): Promise<void> {
  app.addHook('onRoute', keepErrorsForTheDocumentation)
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
    transform: ({ schema, url, route }) => ({ schema: withErrors(schema, route), url }),
    transformObject: withOptionalBodies,
  })
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: CONTENT_SECURITY_POLICY,
    uiConfig: { url: '/openapi.json', validatorUrl: null, tryItOutEnabled: true },
  })
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger())
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The documented errors of the route, by status. */
    errors?: Readonly<Record<string, unknown>>
  }
}

/**
 * Takes the errors out of the route's schema, as they are all written in one way: a serializer for each of hundreds would
 * cost a fifth of the memory and of the time of a start.
 */
function keepErrorsForTheDocumentation(route: RouteOptions): void {
  const { response } = route.schema ?? {}
  if (typeof response !== 'object' || response === null) return
  const [errors, successes] = [true, false].map((isError) =>
    Object.fromEntries(Object.entries(response).filter(([status]) => isError === Number(status) >= 400)),
  )
  route.schema = { ...route.schema, response: successes }
  route.config = { ...route.config, errors: errors ?? {} }
}

function withErrors(schema: FastifySchema, { config }: RouteOptions): FastifySchema {
  if (config?.errors === undefined) return schema
  const { response } = schema
  return { ...schema, response: { ...(typeof response === 'object' ? response : {}), ...config.errors } }
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
