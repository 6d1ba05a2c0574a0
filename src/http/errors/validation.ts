import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import type { FastifyInstance } from 'fastify'
import type { ProblemCode } from './catalogue.ts'
import { Problem } from './problem.ts'

/** The error for a member that is missing or does not fit its schema: its code, and its sentence where it has its own. */
export type Invalid = readonly [code: ProblemCode, sentence?: string]

/** The schema of a part of requests. Each member says by `invalid` what is answered where it does not fit. */
interface PartSchema {
  readonly properties?: Readonly<Record<string, { readonly invalid?: Invalid }>>
}

/**
 * Validates requests, and answers by the member that does not fit. Validators are compiled when their routes are first
 * used: compiling all of them would cost a good part of the time and the memory of a start.
 */
export function validateRequests(app: FastifyInstance): void {
  const ajv = new Ajv({
    // A body is what it says it is: nothing is read as another type, nothing is left out.
    coerceTypes: false,
    removeAdditional: false,
    addUsedSchema: false,
    keywords: ['invalid', 'documented'],
  })
  app.setValidatorCompiler<PartSchema>(({ schema }) => {
    let validate: ValidateFunction | undefined
    return (data: unknown) => {
      validate ??= ajv.compile(schema)
      return validate(data) ? { value: data } : { error: problemIn(schema, validate.errors?.[0]) }
    }
  })
}

function problemIn({ properties }: PartSchema, error: ErrorObject | undefined): Problem {
  // `/limits/overdraft` is answered for as `limits`.
  const [, member] = error?.instancePath.split('/') ?? []
  const missing: unknown = error?.params['missingProperty']
  const { invalid } = properties?.[member ?? String(missing)] ?? {}
  return new Problem(...(invalid ?? (['invalid_body'] as const)))
}
