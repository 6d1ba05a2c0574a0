import { type Answer, numberIn, textIn } from './answers.ts'
import { giveCardBack, toMenu } from './leaving.ts'
import { signInCall } from './requests.ts'
import type { Run } from './run.ts'
import type { Activity } from './state.ts'

const LONGEST_PIN = 12

type SigningIn = Extract<Activity, { readonly at: 'signing_in' }>
type Pin = Extract<Activity, { readonly at: 'pin' }>

export function askPin(run: Run, cardNumber: string, triesLeft?: number): void {
  run.become({ at: 'pin', cardNumber, pin: '' })
  run.show({ screen: 'pin', digits: 0, ...(triesLeft === undefined ? {} : { triesLeft }) })
}

export function typePin(run: Run, activity: Pin, digit: number): void {
  const pin = `${activity.pin}${digit}`.slice(0, LONGEST_PIN)
  run.become({ ...activity, pin })
  run.show({ screen: 'pin', digits: pin.length })
}

export function enterPin(run: Run, { cardNumber, pin }: Pin): void {
  if (pin !== '') signIn(run, { at: 'signing_in', cardNumber, pin, request: undefined, attempt: 1 })
}

export function signInAgain(run: Run, activity: SigningIn): void {
  signIn(run, { ...activity, attempt: activity.attempt + 1 })
}

function signIn(run: Run, activity: SigningIn): void {
  const request = run.send(signInCall(activity.cardNumber, activity.pin))
  run.become({ ...activity, request })
  run.show({ screen: 'please_wait', attempt: activity.attempt })
}

/**
 * Takes the answer, undefined when there was none. Only a 503 is sent again: it comes before a PIN try is counted,
 * while a request without an answer may have cost one.
 */
export function onSignInAnswer(run: Run, activity: SigningIn, answer: Answer | undefined): void {
  const { cardNumber, attempt } = activity
  const code = textIn(answer?.body, 'code')
  const token = answer?.status === 201 ? textIn(answer.body, 'session') : undefined
  if (token !== undefined) {
    const accountNumber = textIn(answer?.body, 'account_number') ?? ''
    toMenu(run, { token, accountNumber, name: textIn(answer?.body, 'name') })
  } else if (answer?.status === 401 && code === 'wrong_pin') {
    askPin(run, cardNumber, numberIn(answer.body, 'tries_left'))
  } else if (answer?.status === 503 && attempt < run.terminal.settings.tries) {
    run.become({ ...activity, request: undefined })
    run.startTimer('retry', run.waitAfter(attempt, answer.retryAfter))
  } else {
    giveCardBack(run, undefined, code ?? 'network_lost')
  }
}
