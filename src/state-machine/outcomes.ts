import type { Answered, AtmOutcome, PinTryCounted } from '../atm/outcomes.ts'
import type { Accepted as AcceptedByLedger, Outcome as LedgerOutcome } from '../ledger/outcomes.ts'

/** What came of a command. With `replayed` it answers a retry from what is stored, and nothing happened now. */
export type Outcome = LedgerOutcome | AtmOutcome

/** What was carried out. */
export type Accepted = AcceptedByLedger | Answered | PinTryCounted
