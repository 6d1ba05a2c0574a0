import type { CashUnit } from '../cash-units.ts'
import { answered, declined } from '../outcomes.ts'
import { type Terminal, terminalView } from '../terminals.ts'
import type { AtmCommandDefinition } from './definition.ts'

/** Sets a cash machine up: empty, and out of service until notes are put in. */
export interface CreateTerminal {
  readonly kind: 'create_terminal'
  readonly terminal: string
  readonly name: string
  /** The most notes it gives in one go, see `unplannable`. */
  readonly maxNotes: number
  /** SHA-256 of its secret, one byte a character. */
  readonly secretDigest: string
  readonly isDemo: boolean
  /**
   * Each under a name of its own; cassettes and recyclers with a denomination, in cents, over which plans can be made
   * (see `unplannable`). Capacities are 1 to `MAX_NOTE_COUNT`.
   */
  readonly units: readonly Omit<CashUnit, 'contents'>[]
}

export const createTerminal: AtmCommandDefinition<CreateTerminal> = {
  requires: ({ terminal }) => ({ accounts: [], terminals: [terminal] }),

  apply(state, { terminal: id, name, maxNotes, secretDigest, isDemo, units }) {
    if (state.terminals.find(id) !== undefined) return declined('terminal_exists')
    const terminal: Terminal = {
      id,
      name,
      status: 'exchange',
      secretDigest,
      maxNotes,
      latestSequence: 0,
      unsettledSequence: undefined,
      isDemo,
      cashAccountId: state.accounts.openInternal().id,
      overShortAccountId: state.accounts.openInternal().id,
      units: units.map((unit) => ({ ...unit, contents: [] })),
    }
    state.terminals.save(terminal)
    return answered(terminalView(terminal, undefined))
  },
}
