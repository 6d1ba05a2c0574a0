import { type AccountLimits, type AccountStatus, DEPLOYMENT_LIMITS } from '../../../ledger/accounts.ts'

/** What is the same for nearly all accounts. */
export interface AccountSettings {
  readonly status: AccountStatus
  readonly limits: AccountLimits
}

const DEFAULT_SETTINGS: AccountSettings = { status: 'open', limits: DEPLOYMENT_LIMITS }

/** The status and the limits of the few accounts that are not open or have limits of their own. */
export class AccountSettingsCache {
  readonly #byAccount = new Map<number, AccountSettings>()

  of(accountId: number): AccountSettings {
    return this.#byAccount.get(accountId) ?? DEFAULT_SETTINGS
  }

  set(accountId: number, { status, limits }: AccountSettings): void {
    const isPlain = status === 'open' && Object.values(limits).every((limit) => limit === undefined)
    if (isPlain) this.#byAccount.delete(accountId)
    else this.#byAccount.set(accountId, { status, limits })
  }
}
