import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Problem, problems } from './problem.ts'

/** The methods of each path, gathered as routes are added. */
export class KnownRoutes {
  readonly #methods = new Map<string, { pattern: RegExp; allowed: Set<string> }>()

  /** Must be called before the routes are added. */
  gather(app: FastifyInstance): void {
    app.addHook('onRoute', ({ url, method }) => {
      const known = this.#methods.get(url) ?? { pattern: patternOf(url), allowed: new Set() }
      this.#methods.set(url, known)
      for (const each of [method].flat()) known.allowed.add(each)
    })
  }

  /** Why nothing answers the request: its path is unknown, or only its method is. */
  problemFor(request: FastifyRequest): Problem {
    const [path = ''] = request.url.split('?')
    const allowed = [...this.#methods.values()].flatMap((known) =>
      known.pattern.test(path) ? [...known.allowed] : [],
    )
    // A path may fit a route with a wildcard, and have nothing behind it all the same.
    if (allowed.length === 0 || allowed.includes(request.method)) return problems.noRoute
    const allow = [...new Set(allowed)].toSorted().join(', ')
    return new Problem(405, 'method_not_allowed', `this path answers ${allow} only`, { allow })
  }
}

function patternOf(url: string): RegExp {
  const source = url
    .replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll(/:[^/]+/g, '[^/]+')
    .replaceAll('*', '.*')
  return new RegExp(`^${source}/?$`)
}
