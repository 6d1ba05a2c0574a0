import type { Order, Outcome } from './journal.ts'

export interface SignInBody {
  readonly card_number: string
  readonly pin: string
}

export type RequestBody = SignInBody | Order['body'] | Outcome['body']

/** A request as data. The answer is handed back under its id; so is its absence, once the time is over. */
export interface Request {
  readonly id: number
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: RequestBody
  readonly timeoutSeconds: number
}

/** What a request is about, without what all of them have. */
export interface Call {
  readonly method: Request['method']
  /** Below `/terminals/{id}`. */
  readonly path: string
  readonly session?: string
  readonly body?: RequestBody
}

/** How the terminal shows the service who it is. */
export interface Identity {
  readonly terminal: string
  readonly secret: string
}

export function requestFor(call: Call, identity: Identity, id: number, timeoutSeconds: number): Request {
  return {
    id,
    method: call.method,
    path: `/terminals/${encodeURIComponent(identity.terminal)}${call.path}`,
    headers: {
      accept: 'application/json, application/problem+json',
      authorization: `Bearer ${identity.secret}`,
      ...(call.session === undefined ? {} : { 'card-session': call.session }),
      ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(call.body === undefined ? {} : { body: call.body }),
    timeoutSeconds,
  }
}

export const readTerminalCall: Call = { method: 'GET', path: '' }

export function signInCall(cardNumber: string, pin: string): Call {
  return { method: 'POST', path: '/sessions', body: { card_number: cardNumber, pin } }
}

export function signOutCall(session: string): Call {
  return { method: 'DELETE', path: '/sessions', session }
}

export function balanceCall(session: string): Call {
  return { method: 'GET', path: '/account', session }
}

export function transactionsCall(session: string): Call {
  return { method: 'GET', path: '/account/transactions', session }
}

export function orderCall(order: Order, sequence: number, session: string): Call {
  return { method: 'PUT', path: `/${order.kind}s/${sequence}`, session, body: order.body }
}

export function outcomeCall({ kind, sequence, body }: Outcome): Call {
  return { method: 'PUT', path: `/${kind}s/${sequence}/outcome`, body }
}
