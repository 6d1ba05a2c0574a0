import type { CaptureHold } from '../../../src/ledger/commands/capture-hold.ts'
import type { ChangeAccount } from '../../../src/ledger/commands/change-account.ts'
import type { Deposit } from '../../../src/ledger/commands/deposit.ts'
import type { OpenAccount } from '../../../src/ledger/commands/open-account.ts'
import type { PlaceHold } from '../../../src/ledger/commands/place-hold.ts'
import type { ReleaseHold } from '../../../src/ledger/commands/release-hold.ts'
import type { Transfer } from '../../../src/ledger/commands/transfer.ts'
import type { Withdrawal } from '../../../src/ledger/commands/withdraw.ts'
import { isStorable, type Notebook } from './notebook.ts'
import { type Prediction, tellAccount, tellHold, tellMovement } from './told.ts'

/** So many holds may be open on one account. */
const MOST_HOLDS = 1_000

/** A reason to say no, and whether it applies. It is asked only when none before it applies. */
export type Check = readonly [reason: string, applies: () => boolean]

/** The first reason that applies is the answer; where none does, what `act` answers. */
export function unless(checks: readonly Check[], act: () => Omit<Prediction, 'replayed'>): Prediction {
  const found = checks.find(([, applies]) => applies())
  return found === undefined ? { ...act(), replayed: false } : { answer: found[0], replayed: false }
}

export function deposit(book: Notebook, { account, amount, reference }: Deposit, nowMs: number): Prediction {
  const cash = { from: undefined, to: account, amount }
  return unless(
    [
      ['account_not_found', () => !book.isCustomer(account)],
      ['account_closed', () => book.status(account) === 'closed'],
      ['balance_limit_exceeded', () => !isStorable(book.balance(account) + amount)],
      ['cash_limit_exceeded', () => book.drawerOf(cash) === undefined],
    ],
    () => posted(book, { ...cash, atMs: nowMs, kind: 'deposit', reference }),
  )
}

export function withdraw(
  book: Notebook,
  { account, amount, reference }: Withdrawal,
  nowMs: number,
): Prediction {
  const { withdrawal, dailyAmount, dailyCount } = book.limits(account)
  const today = book.withdrawnOnDayOf(account, nowMs)
  const sumToday = today.reduce((sum, left) => sum + left, 0n)
  const countToday = today.filter((left) => left > 0n).length
  const cash = { from: account, to: undefined, amount }
  return unless(
    [
      ['account_not_found', () => !book.isCustomer(account)],
      ...noMoneyOut(book, account),
      ['withdrawal_limit_exceeded', () => withdrawal !== undefined && amount > withdrawal],
      ['daily_amount_limit_exceeded', () => dailyAmount !== undefined && sumToday + amount > dailyAmount],
      ['daily_count_limit_exceeded', () => dailyCount !== undefined && countToday >= dailyCount],
      ['insufficient_funds', () => book.available(account, nowMs) < amount],
      ['cash_limit_exceeded', () => book.drawerOf(cash) === undefined],
    ],
    () => posted(book, { ...cash, atMs: nowMs, kind: 'withdraw', reference }),
  )
}

export function transfer(
  book: Notebook,
  { from, to, amount, reference }: Transfer,
  nowMs: number,
): Prediction {
  return unless(
    [
      ['same_account', () => from === to],
      ['account_not_found', () => !book.isCustomer(from) || !book.isCustomer(to)],
      ['account_closed', () => book.status(from) === 'closed' || book.status(to) === 'closed'],
      ['account_frozen', () => book.status(from) === 'frozen'],
      ['insufficient_funds', () => book.available(from, nowMs) < amount],
      ['balance_limit_exceeded', () => !isStorable(book.balance(to) + amount)],
    ],
    () => posted(book, { atMs: nowMs, kind: 'transfer', from, to, amount, reference }),
  )
}

export function open(book: Notebook, command: OpenAccount, nowMs: number): Prediction {
  const { account: number, name, openingBalance, openingDeposit = 0n } = command
  const all = { from: undefined, to: number, amount: openingBalance + openingDeposit }
  return unless(
    [
      ['account_exists', () => book.isCustomer(number)],
      ['balance_limit_exceeded', () => !isStorable(all.amount)],
      ['cash_limit_exceeded', () => book.drawerOf(all) === undefined],
    ],
    () => {
      const drawer = book.drawerOf(all)
      const rest = { ...all, atMs: nowMs, reference: undefined, reverses: undefined, hold: undefined }
      book.customers.push({ number, name, openedAtMs: nowMs })
      if (openingBalance > 0n) book.move({ ...rest, kind: 'opening', amount: openingBalance }, drawer)
      if (openingDeposit > 0n) book.move({ ...rest, kind: 'deposit', amount: openingDeposit }, drawer)
      const account = { ...tellAccount(book, number, nowMs), opened: { name, atMs: nowMs } }
      return { answer: 'opened', account }
    },
  )
}

export function change(
  book: Notebook,
  { account, status, limits }: ChangeAccount,
  nowMs: number,
): Prediction {
  const changesClosed = status !== 'closed' || Object.keys(limits ?? {}).length > 0
  return unless(
    [
      ['account_not_found', () => !book.isCustomer(account)],
      ['account_closed', () => book.status(account) === 'closed' && changesClosed],
      ['account_has_balance', () => status === 'closed' && book.balance(account) !== 0n],
      ['account_has_holds', () => status === 'closed' && book.openHolds(account, nowMs).length > 0],
    ],
    () => {
      book.amendments.push({ account, ...(status && { status }), ...(limits && { limits }) })
      return { answer: 'changed', account: tellAccount(book, account, nowMs) }
    },
  )
}

export function placeHold(
  book: Notebook,
  { account, amount, reference, expiresInMs }: PlaceHold,
  nowMs: number,
): Prediction {
  return unless(
    [
      ['account_not_found', () => !book.isCustomer(account)],
      ...noMoneyOut(book, account),
      ['too_many_holds', () => book.openHolds(account, nowMs).length >= MOST_HOLDS],
      ['insufficient_funds', () => book.available(account, nowMs) < amount],
    ],
    () => {
      const expiresAtMs = expiresInMs === undefined ? undefined : nowMs + expiresInMs
      const hold = { id: book.holds.length + 1, account, amount, reference, placedAtMs: nowMs, expiresAtMs }
      book.holds.push(hold)
      return { answer: 'held', hold: tellHold(book, hold) }
    },
  )
}

export function capture(book: Notebook, { holdId, amount }: CaptureHold, nowMs: number): Prediction {
  const hold = book.holds.find(({ id }) => id === holdId)
  if (hold === undefined) return { answer: 'hold_not_found', replayed: false }
  const { account: from, reference } = hold
  const cash = { from, to: undefined, amount: amount ?? hold.amount }
  return unless(
    [
      ...noMoneyOut(book, from),
      ...hasEnded(book, holdId, nowMs),
      ['capture_exceeds_hold', () => cash.amount > hold.amount],
      ['cash_limit_exceeded', () => book.drawerOf(cash) === undefined],
    ],
    () => {
      const { movement } = posted(book, { ...cash, atMs: nowMs, kind: 'capture', reference, hold: holdId })
      book.endings.push({ hold: holdId, state: 'captured' })
      return { answer: 'captured', movement, hold: tellHold(book, hold) }
    },
  )
}

export function release(book: Notebook, { holdId }: ReleaseHold, nowMs: number): Prediction {
  const hold = book.holds.find(({ id }) => id === holdId)
  if (hold === undefined) return { answer: 'hold_not_found', replayed: false }
  return unless(hasEnded(book, holdId, nowMs), () => {
    book.endings.push({ hold: holdId, state: 'released' })
    return { answer: 'released', hold: tellHold(book, hold) }
  })
}

type ToPost = Parameters<Notebook['move']>[0]

/** Writes the movement down and tells of it. */
export function posted(
  book: Notebook,
  movement: Omit<ToPost, 'reverses' | 'hold'> & Partial<ToPost>,
): Required<Pick<Prediction, 'answer' | 'movement'>> {
  const line = book.move({ reverses: undefined, hold: undefined, ...movement })
  return { answer: 'posted', movement: tellMovement(book, line) }
}

function noMoneyOut(book: Notebook, account: string): readonly Check[] {
  return [
    ['account_closed', () => book.status(account) === 'closed'],
    ['account_frozen', () => book.status(account) === 'frozen'],
  ]
}

function hasEnded(book: Notebook, holdId: number, nowMs: number): readonly Check[] {
  const hold = book.holds.find(({ id }) => id === holdId)
  const status = hold && book.holdStatus(hold, nowMs)
  return (['captured', 'released', 'expired'] as const).map((end) => [`hold_${end}`, () => status === end])
}
