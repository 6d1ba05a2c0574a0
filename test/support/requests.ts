import assert from 'node:assert/strict'
import { type Answer, centsOf, type Client, isRecord, moneyOf, wasReplayed } from './client.ts'

/** An answer that has been read. Errors come as problem details, so that their code can be compared. */
export interface Told {
  readonly status: number
  /** Of an error, such as `hold_captured`. */
  readonly code: string | undefined
  readonly replayed: boolean
  readonly body: Record<string, unknown>
  readonly text: string
}

const problemType = 'application/problem+json'

/** Sends the body as JSON, or none. */
export async function ask(
  client: Client,
  method: 'GET' | 'POST' | 'PATCH',
  path: string,
  body?: object,
  key?: string,
): Promise<Told> {
  const headers = {
    Accept: `application/json, ${problemType}`,
    ...(body !== undefined && { 'Content-Type': 'application/json' }),
    ...(key !== undefined && { 'Idempotency-Key': key }),
  }
  return toldBy(await client.send(method, path, { headers, ...(body && { body: JSON.stringify(body) }) }))
}

function toldBy(answer: Answer): Told {
  const { status, headers, text } = answer
  const type = headers['content-type'] ?? ''
  assert.ok(type.startsWith(status < 400 ? 'application/json' : problemType), `${status} ${type} ${text}`)
  const body: unknown = JSON.parse(text)
  assert.ok(isRecord(body), `not an object: ${text}`)
  const { code } = body
  return {
    status,
    code: status >= 400 && typeof code === 'string' ? code : undefined,
    replayed: wasReplayed(answer),
    body,
    text,
  }
}

/** The member of that name, which must be text. */
export function textIn({ body, text }: Pick<Told, 'body' | 'text'>, name: string): string {
  const value = body[name]
  assert.ok(typeof value === 'string', `no ${name}: ${text}`)
  return value
}

/** The money of that name, in cents; negative money is none that these tests allow. */
export function centsIn(told: Pick<Told, 'body' | 'text'>, name: string): bigint {
  return centsOf(textIn(told, name))
}

/** The JSON object of that name. */
export function innerOf(
  { body, text }: Pick<Told, 'body' | 'text'>,
  name: string,
): Pick<Told, 'body' | 'text'> {
  const value = body[name]
  assert.ok(isRecord(value), `no ${name}: ${text}`)
  return { body: value, text }
}

/** The objects in the list of that name. */
export function listIn(
  { body, text }: Pick<Told, 'body' | 'text'>,
  name: string,
): readonly Pick<Told, 'body' | 'text'>[] {
  const value = body[name]
  assert.ok(Array.isArray(value), `no ${name}: ${text.slice(0, 200)}`)
  return value.map((each: unknown) => {
    assert.ok(isRecord(each), `not an object in ${name}`)
    return { body: each, text: JSON.stringify(each) }
  })
}

/** The same answer, which must be of that status. */
export function expectStatus(told: Told, status: number): Told {
  assert.equal(told.status, status, told.text)
  return told
}

/** Opens an account with so many cents, and answers its number. */
export async function openAccount(client: Client, number: string, cents: bigint): Promise<string> {
  const body = { account_number: number, name: `Holder of ${number}`, opening_deposit: moneyOf(cents) }
  expectStatus(await ask(client, 'POST', '/accounts', body), 201)
  return number
}

export interface AccountNow {
  readonly status: string
  readonly balance: bigint
  readonly held: bigint
  readonly available: bigint
}

export async function accountNow(client: Client, number: string): Promise<AccountNow> {
  const told = expectStatus(await ask(client, 'GET', `/accounts/${number}`), 200)
  return {
    status: textIn(told, 'status'),
    balance: centsIn(told, 'balance'),
    held: centsIn(told, 'held'),
    available: centsIn(told, 'available'),
  }
}

/** Freezes, unfreezes or closes the account, or sets limits. */
export function changeAccount(client: Client, number: string, change: object): Promise<Told> {
  return ask(client, 'PATCH', `/accounts/${number}`, change)
}

/** A deposit or withdrawal whose answer is told by its code. */
export function moveCash(
  client: Client,
  kind: 'deposit' | 'withdraw',
  number: string,
  cents: bigint,
): Promise<Told> {
  return ask(client, 'POST', `/accounts/${number}/${kind}`, { amount: moneyOf(cents) })
}

export interface TransferRequest {
  readonly from: string
  readonly to: string
  readonly cents: bigint
  readonly reference?: string
}

export function transfer(
  client: Client,
  { cents, ...request }: TransferRequest,
  key?: string,
): Promise<Told> {
  return ask(client, 'POST', '/transfers', { ...request, amount: moneyOf(cents) }, key)
}

/** Places a hold, and answers its id. */
export async function placeHold(client: Client, number: string, cents: bigint): Promise<string> {
  return textIn(expectStatus(await tryToHold(client, number, cents), 201), 'id')
}

export function tryToHold(client: Client, number: string, cents: bigint): Promise<Told> {
  return ask(client, 'POST', `/accounts/${number}/holds`, { amount: moneyOf(cents) })
}

/** Captures so many cents of the hold, or all of it. */
export function captureHold(client: Client, id: string, cents?: bigint): Promise<Told> {
  return ask(client, 'POST', `/holds/${id}/capture`, cents === undefined ? {} : { amount: moneyOf(cents) })
}

export function releaseHold(client: Client, id: string): Promise<Told> {
  return ask(client, 'POST', `/holds/${id}/release`)
}

/** What to reverse, by the id of the transaction or by the key of the request that made it. */
export type Original = { readonly transaction_id: string } | { readonly idempotency_key: string }

/** Reverses so many cents of the original, or all that is left. */
export function reverse(client: Client, original: Original, cents?: bigint, key?: string): Promise<Told> {
  const body = cents === undefined ? original : { ...original, amount: moneyOf(cents) }
  return ask(client, 'POST', '/reversals', body, key)
}
