import type { Answer } from './answers.ts'

/** A card's one session at a machine: who has its token acts for the card's holder. */
export interface CardSession {
  /** SHA-256 of the token, one byte a character. */
  readonly digest: string
  readonly terminalId: string
  /** Milliseconds since 1970, UTC: from then on it has ended. */
  readonly untilMs: number
}

export const cardStatuses = ['active', 'blocked'] as const

export type CardStatus = (typeof cardStatuses)[number]

/** How many wrong PINs in a row a card bears: with the last one it is blocked. */
export const MAX_PIN_TRIES = 3

/** How long a session lasts, in milliseconds. */
export const SESSION_MS = 300_000

export interface Card {
  /** 16 digits, the last of which checks the others. */
  readonly number: string
  readonly accountId: number
  readonly accountNumber: string
  status: CardStatus
  /** See `PinHasher`; the ledger never compares. */
  pinHash: string
  /** 0 to `MAX_PIN_TRIES`. A try is counted before its PIN is compared. */
  triesLeft: number
  session: CardSession | undefined
  /** A demo card works at demo machines only, and others at none of them. */
  readonly isDemo: boolean
}

/** Whether the card may not be used: blocked by the bank, or no try is left. */
export function isBlocked({ status, triesLeft }: Card): boolean {
  return status === 'blocked' || triesLeft === 0
}

/** The card as the bank's own people see it. */
export function cardView(card: Card): Answer {
  const { number, accountNumber, triesLeft } = card
  return {
    card_number: number,
    account_number: accountNumber,
    status: isBlocked(card) ? 'blocked' : 'active',
    tries_left: triesLeft,
  }
}

/** Whether this is the card's session, at that machine and time. */
export function hasSession({ session }: Card, digest: string, terminalId: string, nowMs: number): boolean {
  return (
    session !== undefined &&
    session.digest === digest &&
    session.terminalId === terminalId &&
    nowMs < session.untilMs
  )
}

/** Whether 16 digits have the right check digit (Luhn, ISO/IEC 7812-1). */
export function isCardNumber(text: string): boolean {
  return /^\d{16}$/.test(text) && checkDigit(text.slice(0, 15)) === text.slice(15)
}

/** The digit that makes 15 digits a card number (Luhn, ISO/IEC 7812-1). */
export function checkDigit(digits: string): string {
  let sum = 0
  for (const [index, digit] of digits.split('').toReversed().entries()) {
    const doubled = index % 2 === 0 ? Number(digit) * 2 : Number(digit)
    sum += doubled > 9 ? doubled - 9 : doubled
  }
  return String((10 - (sum % 10)) % 10)
}
