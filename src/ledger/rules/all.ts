import type { Books } from '../books.ts'
import type { Command, CommandKind, CommandKinds } from '../commands.ts'
import type { Outcome } from '../outcomes.ts'
import type { Terms } from '../terms.ts'
import { changeAccount } from './change-account.ts'
import { deposit } from './deposit.ts'
import { captureHold, releaseHold } from './end-hold.ts'
import { openAccount } from './open-account.ts'
import { placeHold } from './place-hold.ts'
import { reverse } from './reverse.ts'
import type { Named, Rule } from './rule.ts'
import { transfer } from './transfer.ts'
import { withdraw } from './withdraw.ts'

type Rules = { readonly [Kind in CommandKind]: Rule<CommandKinds[Kind]> }

const rules: Rules = {
  deposit,
  withdraw,
  transfer,
  open: openAccount,
  change: changeAccount,
  hold: placeHold,
  capture: captureHold,
  release: releaseHold,
  reverse,
}

/** What an engine must load, and lock, before the command can be judged. */
export function namedBy<Kind extends CommandKind>(command: Command<Kind>): Named {
  const rule: Rules[Kind] = rules[command.kind]
  return rule.named(command)
}

/** What the command asks for, as text: two requests with one key are the same if these are. */
export function requestOf<Kind extends CommandKind>(command: Command<Kind>): string {
  const rule: Rules[Kind] = rules[command.kind]
  return rule.request(command)
}

/** Judges the command by its rule, whatever key it carries. */
export function judge<Kind extends CommandKind>(books: Books, command: Command<Kind>, terms: Terms): Outcome {
  const rule: Rules[Kind] = rules[command.kind]
  return rule.judge(books, command, terms)
}
