import { answered, declined } from '../outcomes.ts'
import { type TerminalStatus, terminalView } from '../terminals.ts'
import type { AtmCommandDefinition } from './definition.ts'

/** Takes a machine into or out of service, or gives it a new secret. What is not given stays as it is. */
export interface ChangeTerminal {
  readonly kind: 'change_terminal'
  readonly terminal: string
  readonly status?: TerminalStatus
  /** SHA-256 of the new secret, one byte a character. */
  readonly secretDigest?: string
}

export const changeTerminal: AtmCommandDefinition<ChangeTerminal> = {
  requires: ({ terminal }) => ({ accounts: [], terminals: [terminal] }),

  apply(state, { terminal: id, status, secretDigest }) {
    const terminal = state.terminals.find(id)
    if (terminal === undefined) return declined('terminal_not_found')
    terminal.status = status ?? terminal.status
    terminal.secretDigest = secretDigest ?? terminal.secretDigest
    state.terminals.save(terminal)
    return answered(terminalView(terminal, state.journal.unsettled(terminal)))
  },
}
