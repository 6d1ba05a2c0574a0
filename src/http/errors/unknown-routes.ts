import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Problem } from './problem.ts'

/**
 * Answers requests that no route is for: 405 where a path answers other methods, else 404. Must be called before the
 * routes are added. A route for each method that a path does not answer would say the same, for 5 MB of memory.
 */
export function answerUnknownRoutes(app: FastifyInstance): void {
  const routes = new Map<string, { readonly pattern: URLPattern; readonly methods: Set<string> }>()
  app.addHook('onRoute', ({ url, method }) => {
    const route = routes.get(url) ?? {
      pattern: new URLPattern({ pathname: `${url}{/}?` }),
      methods: new Set(),
    }
    routes.set(url, route)
    for (const each of [method].flat()) route.methods.add(each)
  })
  const problemFor = ({ url, method }: FastifyRequest): Problem => {
    const [pathname = ''] = url.split('?')
    const fitting = [...routes.values()].filter(({ pattern }) => pattern.test({ pathname }))
    const allowed = new Set(fitting.flatMap(({ methods }) => [...methods]))
    // A path may fit a route with a wildcard, and have nothing behind it all the same.
    if (allowed.size === 0 || allowed.has(method)) return new Problem('route_not_found')
    const allow = [...allowed].toSorted().join(', ')
    return new Problem('method_not_allowed', `this path answers ${allow} only`, { allow })
  }
  app.addHook('onRequest', (request, _reply, done) => {
    done(request.is404 ? problemFor(request) : undefined)
  })
  // For the routes of plugins, whose own way of saying it has another format.
  app.setNotFoundHandler((request) => {
    throw problemFor(request)
  })
}
