import { Ajv, type AnySchema, type ValidateFunction } from 'ajv'
import fastJsonStringify, { type AnySchema as ReplySchema } from 'fast-json-stringify'
import type { FastifyInstance, FastifySchemaCompiler } from 'fastify'

/**
 * Compiles what checks requests and writes replies when its route is first used: compiling all of it would cost a good
 * part of the time and the memory of a start.
 */
export function compileLazily(app: FastifyInstance): void {
  // A body is what it says it is: nothing is read as another type, nothing is left out.
  const ajv = new Ajv({ coerceTypes: false, removeAdditional: false, addUsedSchema: false })
  app.setValidatorCompiler<AnySchema>(({ schema }) => {
    let validate: ValidateFunction | undefined
    const check: ReturnType<FastifySchemaCompiler<AnySchema>> = (data: unknown) => {
      validate ??= ajv.compile(schema)
      if (validate(data)) return true
      check.errors = validate.errors ?? null
      return false
    }
    return check
  })
  app.setSerializerCompiler<ReplySchema>(({ schema }) => {
    let write: ((data: unknown) => string) | undefined
    return (data: unknown) => (write ??= fastJsonStringify(schema))(data)
  })
}
