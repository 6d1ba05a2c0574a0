import { isDeepStrictEqual } from 'node:util'
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance, FastifySchema } from 'fastify'
import { AccountStatus } from './accounts/account-response.ts'
import { Transaction } from './history/transaction-response.ts'
import { AmountInput } from './shared/members.ts'
import { errorResponses, headers } from './shared/responses.ts'
import { AccountNumber, Money, Timestamp } from './shared/schemas.ts'

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

interface DocumentedRoute {
  readonly path: string
  readonly method: string
  readonly schema: FastifySchema
}

/** The documentation, made from the schemas of the routes when it is first read: must be registered before them. */
export async function documentRoutes(app: FastifyInstance, version: string): Promise<void> {
  const routes: DocumentedRoute[] = []
  app.addHook('onRoute', (route) => {
    const { url, method, schema = {} } = route
    if (schema.hide !== true && method !== 'HEAD')
      routes.push({ path: url, method: String(method).toLowerCase(), schema })
    // For the documentation alone: compiling serializers would cost a good part of the time and the memory of a start.
    const { response: _response, ...validated } = schema
    route.schema = validated
  })
  let written: Written | undefined
  const document = {
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
    get paths() {
      return (written ??= new Written(routes)).paths
    },
    get components() {
      return (written ??= new Written(routes)).components
    },
  }
  await app.register(swagger, { mode: 'static', specification: { document } })
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: CONTENT_SECURITY_POLICY,
    uiConfig: { url: '/openapi.json', validatorUrl: null, tryItOutEnabled: true },
  })
  app.get('/openapi.json', { schema: { hide: true } }, async () => document)
}

type Schema = Readonly<Record<string, unknown>>

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Schemas that others extend by a description, an example or null: what they are without. */
const bases: readonly Schema[] = [AccountNumber, AccountStatus, AmountInput, Money, Timestamp, Transaction]

/** The paths of a document, and its components: each schema and parameter that has a title, under that. */
class Written {
  readonly paths: Record<string, Record<string, object>> = {}
  readonly components: Readonly<Record<string, Record<string, unknown>>>
  readonly #schemas: Record<string, object> = {}
  readonly #parameters: Record<string, object> = {}
  /** What each component was written from. */
  readonly #sources = new Map(bases.map((base) => [base['title'], base]))

  constructor(routes: readonly DocumentedRoute[]) {
    for (const base of bases) this.#schemas[String(base['title'])] = this.#membersOf(base)
    for (const { path, method, schema } of routes) {
      const operations = (this.paths[path.replaceAll(/:(\w+)/g, '{$1}')] ??= {})
      operations[method] = this.#operation(schema)
    }
    this.components = {
      schemas: this.#schemas,
      parameters: this.#parameters,
      headers: this.#each(headers),
      responses: this.#each(errorResponses),
    }
  }

  #operation({
    params,
    querystring,
    headers: headerSchema,
    body,
    response,
    ...about
  }: FastifySchema): object {
    const parameters = [
      ...this.#parametersIn('path', params),
      ...this.#parametersIn('query', querystring),
      ...this.#parametersIn('header', headerSchema),
    ]
    return {
      ...about,
      ...(parameters.length > 0 && { parameters }),
      ...(isSchema(body) && {
        requestBody: {
          // Null stands for no body.
          required: ![body['type']].flat().includes('null'),
          content: { 'application/json': { schema: this.#schema(body) } },
        },
      }),
      responses: this.#value(response),
    }
  }

  #parametersIn(place: string, schema: unknown): readonly object[] {
    const members =
      isSchema(schema) && isSchema(schema['properties']) ? Object.entries(schema['properties']) : []
    return members.map(([member, of]) => {
      if (!isSchema(of)) throw new TypeError(`${member} has no schema`)
      const { title, description, ...rest } = of
      const name =
        place === 'header' ? member.replaceAll(/\b[a-z]/g, (letter) => letter.toUpperCase()) : member
      const parameter = {
        name,
        in: place,
        ...(place === 'path' && { required: true }),
        description,
        ...(isSchema(of['documented']) && of['documented']['type'] === 'array' && { explode: false }),
        schema: this.#sources.has(title) ? this.#schema({ ...of, description }) : this.#membersOf(rest),
      }
      if (typeof title !== 'string') return parameter
      this.#parameters[title] ??= parameter
      return { $ref: `#/components/parameters/${title}` }
    })
  }

  /** A schema in its place: a reference where it has a title, with what it extends that by. */
  #schema(schema: Schema): object {
    const { title, description, examples, type, ...rest } = schema
    if (typeof title !== 'string') return this.#membersOf(schema)
    if (!this.#sources.has(title)) {
      this.#sources.set(title, schema)
      this.#schemas[title] = this.#membersOf(schema)
    }
    const base = this.#sources.get(title) ?? schema
    const { title: _, description: itsDescription, examples: itsExamples, type: itsType, ...itsRest } = base
    const { invalid: _invalid, ...ownRest } = rest
    const { invalid: _itsInvalid, ...baseRest } = itsRest
    if (!isDeepStrictEqual(ownRest, baseRest))
      throw new TypeError(`there are two schemas with the title ${title}`)
    const reference = { $ref: `#/components/schemas/${title}` }
    return {
      ...(isDeepStrictEqual(type, itsType) ? reference : { anyOf: [reference, { type: 'null' }] }),
      ...(description !== itsDescription && { description }),
      ...(!isDeepStrictEqual(examples, itsExamples) && { examples }),
    }
  }

  #membersOf(schema: Schema): object {
    const { documented, invalid: _, title, ...members } = schema
    if (isSchema(documented)) return this.#membersOf(documented)
    // A member may be called so.
    return { ...this.#each(members), ...(isSchema(title) && { title: this.#schema(title) }) }
  }

  #each(values: Schema): Record<string, unknown> {
    return Object.fromEntries(
      Object.entries(values).map(([name, value]) => [
        name,
        /^examples?$/.test(name) ? value : this.#value(value),
      ]),
    )
  }

  #value(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((each) => this.#value(each))
    return isSchema(value) ? this.#schema(value) : value
  }
}
