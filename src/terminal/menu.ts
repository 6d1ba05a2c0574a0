import { type Mix, planNotes } from '../atm/note-plan.ts'
import type { NoteSupply } from '../atm/note-stock.ts'
import { payableAmong } from '../atm/payable-sums.ts'
import { formatCents } from '../money.ts'
import { type Answer, centsOf, listIn, textIn } from './answers.ts'
import { authorize } from './authorize.ts'
import { acceptNotes, returnNotes } from './deposit.ts'
import type { Choice } from './events.ts'
import { decline, giveCardBack, toMenu } from './leaving.ts'
import { balanceCall, transactionsCall } from './requests.ts'
import type { Run } from './run.ts'
import type { Activity, Session, Terminal } from './state.ts'

type Entering = Extract<Activity, { readonly at: 'entering' }>
type WithSession = Extract<
  Activity,
  { readonly at: 'menu' | 'choosing_sum' | 'entering' | 'counting' | 'counted' }
>

const MOST_DIGITS = 16

export function onChoice(run: Run, activity: WithSession, choice: Choice): void {
  const { session } = activity
  if (activity.at === 'counting' || activity.at === 'counted') {
    if (choice.choice === 'confirm' && activity.at === 'counted')
      authorize(run, session, { kind: 'deposit', body: { counted: activity.counted } })
    else if (choice.choice === 'give_back' || choice.choice === 'back') returnNotes(run, session, 'cancelled')
    else if (choice.choice === 'end') returnNotes(run, session, 'done')
    return
  }
  const mix = activity.at === 'menu' ? 'fewest' : activity.mix
  switch (choice.choice) {
    case 'balance':
    case 'transactions':
      ask(run, session, choice.choice)
      break
    case 'withdraw':
      offerSums(run, session, mix)
      break
    case 'mix':
      offerSums(run, session, choice.mix)
      break
    case 'sum':
      withdraw(run, session, choice.amount, mix)
      break
    case 'other_sum':
      enter(run, { at: 'entering', session, field: 'amount', digits: '', mix, to: '' })
      break
    case 'transfer':
      enter(run, { at: 'entering', session, field: 'account_number', digits: '', mix, to: '' })
      break
    case 'deposit':
      if (run.terminal.acceptorFailure !== undefined) decline(run, session, 'acceptor_failed')
      else acceptNotes(run, session)
      break
    case 'back':
      toMenu(run, session)
      break
    case 'end':
      giveCardBack(run, session, 'done')
      break
    case 'confirm':
    case 'give_back':
    case 'stay':
      break
  }
}

export function typeDigit(run: Run, activity: Entering, digit: number): void {
  enter(run, { ...activity, digits: `${activity.digits}${digit}`.slice(0, MOST_DIGITS) })
}

export function clearDigits(run: Run, activity: Entering): void {
  enter(run, { ...activity, digits: '' })
}

export function finishEntry(run: Run, activity: Entering): void {
  const { session, digits, mix, to } = activity
  if (digits === '') return
  if (activity.field === 'account_number') {
    enter(run, { ...activity, field: 'transfer_amount', digits: '', to: digits })
  } else if (activity.field === 'transfer_amount') {
    authorize(run, session, { kind: 'transfer', body: { to, amount: formatCents(BigInt(digits)) } })
  } else {
    withdraw(run, session, `${BigInt(digits)}.00`, mix)
  }
}

function enter(run: Run, activity: Entering, nearest?: readonly string[]): void {
  const { field, digits } = activity
  run.become(activity)
  run.show({ screen: 'enter', field, digits, ...(nearest === undefined ? {} : { nearest }) })
}

function offerSums(run: Run, session: Session, mix: Mix): void {
  const { dispenserFailure, settings } = run.terminal
  if (dispenserFailure !== undefined) {
    decline(run, session, 'dispenser_failed')
    return
  }
  const wanted = settings.quickSums.flatMap((sum) => centsOf(sum) ?? [])
  const sums = payableAmong(wanted, supplyOf(run.terminal)).map(formatCents)
  run.become({ at: 'choosing_sum', session, mix })
  run.show({ screen: 'withdraw', sums, mix })
}

/** What cannot be paid, as far as the machine knows, is not even asked for: the nearest sums are shown. */
function withdraw(run: Run, session: Session, amount: string, mix: Mix): void {
  const { failedUnits, dispenserFailure } = run.terminal
  const cents = centsOf(amount) ?? 0n
  if (cents === 0n) return
  if (dispenserFailure !== undefined) {
    decline(run, session, 'dispenser_failed')
    return
  }
  const plan = planNotes(cents, supplyOf(run.terminal), mix)
  if (plan.status !== 'planned') {
    const nearest = plan.nearest.map(formatCents)
    enter(run, { at: 'entering', session, field: 'amount', digits: '', mix, to: '' }, nearest)
    return
  }
  const unavailable = failedUnits.length === 0 ? {} : { unavailable_units: failedUnits }
  authorize(run, session, { kind: 'withdrawal', body: { amount, mix, ...unavailable } })
}

function supplyOf({ view, failedUnits }: Terminal): NoteSupply {
  return { units: view?.notes ?? [], unavailable: new Set(failedUnits), maxNotes: view?.maxNotes ?? 1 }
}

function ask(run: Run, session: Session, about: 'balance' | 'transactions'): void {
  const request = run.send((about === 'balance' ? balanceCall : transactionsCall)(session.token))
  run.become({ at: 'asking', session, request, about })
  run.show({ screen: 'please_wait', attempt: 1 })
}

/** Takes the answer to a question that changes nothing; undefined when there was none. */
export function onAnswer(
  run: Run,
  { session, about }: Extract<Activity, { readonly at: 'asking' }>,
  answer: Answer | undefined,
): void {
  const balance = textIn(answer?.body, 'balance')
  const transactions = listIn(answer?.body, 'transactions')
  run.become({ at: 'menu', session })
  if (answer?.status === 200 && about === 'balance' && balance !== undefined)
    run.show({ screen: 'balance', balance })
  else if (answer?.status === 200 && about === 'transactions' && transactions !== undefined)
    run.show({ screen: 'transactions', transactions })
  else if (answer?.status === 401) giveCardBack(run, session, 'session_ended')
  else decline(run, session, textIn(answer?.body, 'code') ?? 'network_lost')
}
