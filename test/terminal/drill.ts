import assert from 'node:assert/strict'
import type { Answer } from '../../src/terminal/answers.ts'
import type { Effect, TerminalEvent, Timer } from '../../src/terminal/events.ts'
import type { Command } from '../../src/terminal/hardware.ts'
import { type JournalEntry, neededEntries } from '../../src/terminal/journal.ts'
import type { Request } from '../../src/terminal/requests.ts'
import { defaultSettings, type Terminal } from '../../src/terminal/state.ts'
import { newTerminal, step } from '../../src/terminal/terminal.ts'
import type { Random } from '../support/random.ts'
import { Peer } from './peer.ts'
import { type CutOff, World } from './world.ts'

/** What the network makes of a request. `late`: it arrives after the machine has stopped waiting. */
export type Transit = 'answered' | 'request lost' | 'answer lost' | 'late' | 'twice' | 'unavailable'

export interface Faults {
  transit: (request: Request) => Transit
  cutOff: () => CutOff
  /** What devices do wrong; undefined for nothing. */
  readonly devices: Random | undefined
}

export const noFaults: Faults = { transit: () => 'answered', cutOff: () => 'done', devices: undefined }

const settings = { ...defaultSettings, terminal: 'demo', secret: 'secret', tries: 3 }

/** A machine with its devices, its network and its storage, one thing happening at a time. */
export class Drill {
  readonly world = new World()
  readonly peer = new Peer(this.world.cassettes)
  terminal: Terminal = newTerminal(settings)
  journal: readonly JournalEntry[] = []
  faults: Faults
  readonly commands: Command[] = []
  readonly requests: Request[] = []
  /** On their way to the peer, while nobody waits for them any more. */
  readonly late: { readonly request: Request; readonly isHeard: boolean }[] = []
  readonly timers = new Set<Timer>()
  readonly counts = new Map<string, number>()
  /** Between any two effects, and before each event, is a point at which the power may fail. */
  points = 0
  isCutAt: (point: number) => boolean = () => false

  constructor(faults: Faults) {
    this.faults = faults
  }

  count(name: string): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1)
  }

  powerOn(): void {
    this.dispatch({ event: 'power_on', journal: this.journal })
  }

  /** Hands the machine an event, and does what it says, unless the power fails in between. */
  dispatch(event: TerminalEvent): void {
    if (this.#isCut()) {
      this.powerCut()
      return
    }
    const before = this.terminal.activity.at
    const { terminal, effects } = step(this.terminal, event)
    this.terminal = terminal
    if (terminal.activity.at !== before) this.count(`at ${terminal.activity.at}`)
    for (const effect of effects) {
      if (this.#isCut()) {
        this.powerCut()
        return
      }
      this.#perform(effect)
    }
  }

  powerCut(): void {
    this.count(`cut at ${this.terminal.activity.at}`)
    for (const command of this.commands.splice(0)) this.world.cutOff(command, this.faults.cutOff())
    const unheard = [...this.late.splice(0).map(({ request }) => request), ...this.requests.splice(0)]
    this.late.push(...unheard.map((request) => ({ request, isHeard: false })))
    this.timers.clear()
    this.terminal = newTerminal(settings)
    this.journal = neededEntries(this.journal)
    this.powerOn()
  }

  #isCut(): boolean {
    this.points += 1
    return this.isCutAt(this.points)
  }

  #perform(effect: Effect): void {
    switch (effect.effect) {
      case 'journal':
        assert.doesNotMatch(JSON.stringify(effect.entry), /secret|session-\d|"pin"|9000000000010018/)
        this.journal = [...this.journal, effect.entry]
        this.count(`journal ${effect.entry.entry}`)
        break
      case 'send':
        this.#expectJournalled(effect.request)
        this.requests.push(effect.request)
        break
      case 'command':
        this.#expectAllowed(effect.command)
        this.commands.push(effect.command)
        break
      case 'show':
        this.count(`show ${effect.screen.screen}`)
        break
      case 'start_timer':
        this.timers.add(effect.timer)
        break
      case 'stop_timer':
        this.timers.delete(effect.timer)
        break
    }
  }

  /** Nothing is sent under a sequence before it is in the journal. */
  #expectJournalled({ method, path }: Request): void {
    if (method !== 'PUT') return
    const [, , , , sequence, isOutcome] = path.split('/')
    const entry = isOutcome === undefined ? 'will_authorize' : 'outcome'
    assert.ok(
      this.journal.some((each) => each.entry === entry && each.sequence === Number(sequence)),
      `${path} was sent before it was in the journal`,
    )
  }

  #expectAllowed(command: Command): void {
    const entry = command.command === 'stack' ? 'will_dispense' : 'will_store'
    if (command.command !== 'stack' && command.command !== 'store') return
    assert.equal(this.journal.at(-1)?.entry, entry)
    assert.equal(this.journal.at(-1)?.sequence, command.sequence)
    if (command.command === 'stack') assert.ok(!this.world.isCardIn, 'cash before the card')
  }

  /** The oldest command comes to its end. */
  finishCommand(): void {
    if (this.#isCut()) {
      this.powerCut()
      return
    }
    const command = this.commands.shift()
    if (command === undefined) return
    this.count(`command ${command.command}`)
    const event = this.world.carryOut(command, this.faults.devices)
    if (event !== undefined) this.dispatch(event)
  }

  /** The oldest request comes to its end. */
  finishRequest(): void {
    if (this.#isCut()) {
      this.powerCut()
      return
    }
    const request = this.requests.shift()
    if (request === undefined) return
    const transit = this.faults.transit(request)
    this.count(transit)
    if (transit === 'request lost' || transit === 'late') {
      if (transit === 'late') this.late.push({ request, isHeard: true })
      this.dispatch({ event: 'no_answer', id: request.id })
    } else if (transit === 'unavailable') {
      this.#answer(request, { status: 503, body: { code: 'unavailable' }, retryAfter: 2 })
    } else {
      if (transit === 'twice') this.late.push({ request, isHeard: false })
      const answer = this.peer.handle(request)
      if (transit === 'answer lost') this.dispatch({ event: 'no_answer', id: request.id })
      else this.#answer(request, answer)
    }
  }

  /** A request arrives that nobody waits for any more; the answer may come all the same. */
  arriveLate(index: number): void {
    const [late] = this.late.splice(index, 1)
    if (late === undefined) return
    const answer = this.peer.handle(late.request)
    if (late.isHeard) this.#answer(late.request, answer)
  }

  /** The time of a timer is over, if it runs. */
  fire(timer: Timer): void {
    if (!this.timers.delete(timer)) return
    this.count(`timer ${timer}`)
    this.dispatch({ event: 'timer', timer })
  }

  #answer({ id }: Request, answer: Answer): void {
    this.dispatch({ event: 'answer', id, answer })
  }
}

const LONGEST = 5_000

/**
 * Lets everything take its course, the oldest first, until nothing is left but the look at the terminal now and then.
 * Timers run only when nothing else can happen, those of the customer before that of the link. With `at`, it stops as
 * soon as the machine is there.
 */
export function settle(drill: Drill, act: () => boolean = () => false, at?: string): void {
  for (let round = 0; round < LONGEST; round += 1) {
    if (drill.terminal.activity.at === at) return
    if (drill.commands.length > 0) drill.finishCommand()
    else if (drill.requests.length > 0) drill.finishRequest()
    else if (act()) continue
    else if (drill.terminal.link.isWaiting) drill.fire('link')
    else {
      const timer = [...drill.timers].find((each) => each !== 'link')
      if (timer === undefined) return
      drill.fire(timer)
    }
  }
  assert.fail(`the machine never comes to rest, at ${drill.terminal.activity.at}`)
}
