import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Card } from '../../../atm/cards.ts'
import { cardFrom, digestBytes, valuesOfCard } from '../../machine-rows.ts'
import { prepare } from '../tables/statements.ts'
import { withChecksum, writtenColumns } from './atm-checksums.ts'
import { upsertInto } from './statements.ts'

/** The customers' cards, each with its session. */
export class CardTable {
  readonly #save: StatementSync
  readonly #select: StatementSync
  readonly #selectBySession: StatementSync
  readonly #selectInSessionAfter: StatementSync

  constructor(database: DatabaseSync) {
    this.#save = prepare(database, upsertInto('cards', writtenColumns('cards'), ['number']))
    const select = `SELECT cards.*, accounts.number AS account_number
      FROM cards JOIN accounts ON accounts.id = cards.account_id`
    this.#select = prepare(database, `${select} WHERE cards.number = ?`)
    this.#selectBySession = prepare(database, `${select} WHERE session_digest = ?`)
    this.#selectInSessionAfter = prepare(database, `${select} WHERE session_until_ms > ? LIMIT 1000`)
  }

  save(card: Card): void {
    this.#save.run(...withChecksum(valuesOfCard(card)))
  }

  find(cardNumber: string): Card | undefined {
    const row = this.#select.get(cardNumber)
    return row && cardFrom(row)
  }

  findBySession(digest: string): Card | undefined {
    const row = this.#selectBySession.get(digestBytes(digest))
    return row && cardFrom(row)
  }

  /** Some of the cards whose session ends later. */
  inSessionAfter(atMs: number): Card[] {
    return this.#selectInSessionAfter.all(atMs).map(cardFrom)
  }
}
