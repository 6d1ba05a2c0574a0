import { type Books, fits } from './books.ts'
import type { Command, Deposit, OpenAccount, Outcome, Rejected, Withdrawal } from './commands.ts'
import { fingerprint, keyDigest } from './idempotency.ts'
import { type Reason, rejections } from './rejections.ts'

/** What a deployment sets for all accounts alike. */
export interface Terms {
  /** How long an outcome is kept under its idempotency key, in milliseconds. */
  readonly idempotencyTtlMs: number
}

/**
 * The rules of the bank, all of them. Takes the working set, one command and the terms, writes what follows into
 * the working set and answers the outcome. It knows no clock, no driver and no network, so a rule is written
 * once and holds on every engine.
 */
export function decide(books: Books, command: Command, terms: Terms): Outcome {
  if (command.kind === 'open') return openAccount(books, command)
  if (command.idempotencyKey === undefined) return move(books, command)
  return moveOnce(books, command, command.idempotencyKey, terms)
}

function moveOnce(books: Books, command: Deposit | Withdrawal, key: string, terms: Terms): Outcome {
  const asked = fingerprint(command.kind, command.account, command.amount)
  const digest = keyDigest(key)
  const kept = books.recall(digest)
  if (kept !== undefined && books.nowMs - kept.atMs < terms.idempotencyTtlMs) {
    return kept.fingerprint === asked ? { ...kept.outcome, replayed: true } : reject('idempotency_key_reused')
  }
  const outcome = move(books, command)
  if (
    outcome.status === 'posted' ||
    (outcome.status === 'rejected' && rejections[outcome.reason] === 'decline')
  ) {
    books.remember({ digest, fingerprint: asked, atMs: books.nowMs, outcome })
  }
  return outcome
}

function move(books: Books, command: Deposit | Withdrawal): Outcome {
  return command.kind === 'deposit' ? deposit(books, command) : withdraw(books, command)
}

function deposit(books: Books, { account: number, amount }: Deposit): Outcome {
  const account = books.account(number)
  if (account === undefined) return reject('account_not_found')
  const cash = books.cashDrawerFor(-amount)
  if (cash === undefined || !fits(account.balance + amount)) return reject('balance_limit_exceeded')
  return { status: 'posted', posting: books.post('deposit', cash, account, amount), replayed: false }
}

function withdraw(books: Books, { account: number, amount }: Withdrawal): Outcome {
  const account = books.account(number)
  if (account === undefined) return reject('account_not_found')
  if (account.balance < amount) return reject('insufficient_funds')
  const cash = books.cashDrawerFor(amount)
  if (cash === undefined) return reject('balance_limit_exceeded')
  return { status: 'posted', posting: books.post('withdraw', account, cash, amount), replayed: false }
}

function openAccount(books: Books, { account: number, openingBalance }: OpenAccount): Outcome {
  if (books.account(number) !== undefined) return reject('account_exists')
  const cash = books.cashDrawerFor(-openingBalance)
  if (cash === undefined) return reject('balance_limit_exceeded')
  const account = books.openAccount(number)
  if (openingBalance > 0n) books.post('opening', cash, account, openingBalance)
  return { status: 'opened', replayed: false }
}

function reject(reason: Reason): Rejected {
  return { status: 'rejected', reason, replayed: false }
}
