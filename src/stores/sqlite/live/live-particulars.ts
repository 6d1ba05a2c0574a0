import { type AccountLimits, type AccountStatus, DEPLOYMENT_LIMITS } from '../../../ledger/accounts.ts'

/** What is the same for nearly all accounts. */
export interface Particulars {
  readonly status: AccountStatus
  readonly limits: AccountLimits
}

const NO_PARTICULARS: Particulars = { status: 'open', limits: DEPLOYMENT_LIMITS }

/** The status and the limits of the few accounts that are not open or have limits of their own. */
export class LiveParticulars {
  readonly #byAccount = new Map<number, Particulars>()

  of(accountId: number): Particulars {
    return this.#byAccount.get(accountId) ?? NO_PARTICULARS
  }

  set(accountId: number, { status, limits }: Particulars): void {
    const isPlain = status === 'open' && Object.values(limits).every((limit) => limit === undefined)
    if (isPlain) this.#byAccount.delete(accountId)
    else this.#byAccount.set(accountId, { status, limits })
  }
}
