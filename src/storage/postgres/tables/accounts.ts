import { type Account, accountStatuses } from '../../../ledger/accounts.ts'
import type { OpenedAccount } from '../../../ledger/batch/batch-accounts.ts'
import { NO_HOLDS, type OpenHold } from '../../../ledger/holds.ts'
import { number, type Row } from '../../row-values.ts'
import { ACCOUNT_COLUMNS, accountFrom, OPEN_HOLD_COLUMNS } from '../../rows.ts'
import type { Session } from '../connection/session.ts'
import { firstId, integerArray, textArray } from './arrays.ts'
import type { Changes, Entity, VersionedAccount } from './entity.ts'
import { isOpenAt, openHoldsByAccount } from './holds.ts'

export const VERSIONED_COLUMNS = `${ACCOUNT_COLUMNS}, version, latest_posting_ms`

/** Reads `VERSIONED_COLUMNS`. */
export function versionedAccountFrom(row: Row, openHolds: readonly OpenHold[] = NO_HOLDS): VersionedAccount {
  return {
    ...accountFrom(row),
    openHolds,
    version: number(row, 'version'),
    latestMs: number(row, 'latest_posting_ms'),
  }
}

/** The numbers as a parameter. No account's number has a zero character, and the server refuses such a text. */
export function numberArray(numbers: Iterable<string>): string {
  return textArray([...numbers].filter((each) => !each.includes('\0')))
}

const REQUIRED_ACCOUNTS = 'accounts.number = ANY ($1::text[]) OR accounts.id = ANY ($2::bigint[])'

// In the order of ids, as every instance does it: two that lock the same accounts never wait for each other.
const LOCK = `SELECT ${VERSIONED_COLUMNS} FROM accounts WHERE ${REQUIRED_ACCOUNTS} ORDER BY id FOR UPDATE`

// Sent once the accounts are locked: an account's holds change only together with the account. What has expired on
// this instance's clock has expired for the ledger, whose time is never behind it.
const OPEN_HOLDS = `SELECT ${OPEN_HOLD_COLUMNS} FROM holds JOIN accounts ON accounts.id = holds.account_id
  WHERE (${REQUIRED_ACCOUNTS}) AND ${isOpenAt('$3')} ORDER BY holds.id`

const NEXT_IDS = "SELECT nextval('account_ids') AS first_id"

const OPEN = `
  INSERT INTO accounts (id, number, balance, version, latest_posting_ms, name, opened_at_ms,
    withdrawn_day, withdrawn_amount, withdrawn_count)
  SELECT id, number, balance, 1, $1::bigint, name, $1::bigint, day, amount, count
  FROM unnest($2::bigint[], $3::text[], $4::bigint[], $5::text[], $6::int[], $7::numeric[], $8::int[])
    AS new (id, number, balance, name, day, amount, count)`

const CHANGE_SETTINGS = `
  UPDATE accounts SET status = new.status, overdraft_limit = overdraft, withdrawal_limit = withdrawal,
    daily_amount_limit = daily_amount, daily_count_limit = daily_count
  FROM unnest($1::bigint[], $2::smallint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[])
    AS new (id, status, overdraft, withdrawal, daily_amount, daily_count)
  WHERE accounts.id = new.id`

/** Loads and locks accounts. The writing statement saves their balances and versions, this all else of them. */
export const accounts: Entity = {
  async load(session, { required, references, drawerIds, nowMs }) {
    const numbers = numberArray(required.accountNumbers)
    const ids = integerArray([...drawerIds, ...references.accountIds])
    const [locked, openHolds, nextIds] = await Promise.all([
      session.query(LOCK, [numbers, ids]),
      session.query(OPEN_HOLDS, [numbers, ids, nowMs]),
      required.effects.has('opens account') ? session.query(NEXT_IDS) : [],
    ])
    const holdsByAccount = openHoldsByAccount(openHolds)
    return {
      accounts: locked.map((row) => versionedAccountFrom(row, holdsByAccount.get(number(row, 'id')))),
      nextAccountId: firstId(nextIds),
    }
  },

  save(session, { state }) {
    const { opened, withNewSettings } = state.accounts
    return [
      ...(opened.length > 0 ? [insertOpened(session, state)] : []),
      ...(withNewSettings.size > 0 ? [saveSettings(session, [...withNewSettings])] : []),
    ]
  },
}

function insertOpened(session: Session, { accounts: { opened }, nowMs }: Changes['state']): Promise<unknown> {
  // As other instances insert them too: two that open the same accounts do not wait for each other.
  const sorted = opened.toSorted((left, right) => (numberOf(left) < numberOf(right) ? -1 : 1))
  const all = sorted.map(({ account }) => account)
  return session.query(OPEN, [
    nowMs,
    integerArray(all.map(({ id }) => id)),
    textArray(sorted.map(numberOf)),
    integerArray(all.map(({ balance }) => balance)),
    textArray(sorted.map(({ name }) => name)),
    integerArray(all.map(({ withdrawn }) => withdrawn.day)),
    integerArray(all.map(({ withdrawn }) => withdrawn.amount)),
    integerArray(all.map(({ withdrawn }) => withdrawn.count)),
  ])
}

function numberOf({ account }: OpenedAccount): string {
  return account.number ?? ''
}

function saveSettings(session: Session, changed: readonly Account[]): Promise<unknown> {
  const limits = changed.map((account) => account.limits)
  return session.query(CHANGE_SETTINGS, [
    integerArray(changed.map(({ id }) => id)),
    integerArray(changed.map(({ status }) => accountStatuses.indexOf(status))),
    integerArray(limits.map(({ overdraft }) => overdraft)),
    integerArray(limits.map(({ withdrawal }) => withdrawal)),
    integerArray(limits.map(({ dailyAmount }) => dailyAmount)),
    integerArray(limits.map(({ dailyCount }) => dailyCount)),
  ])
}
