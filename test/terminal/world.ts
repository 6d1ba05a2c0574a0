import { formatCents } from '../../src/money.ts'
import type {
  Command,
  CountedNotes,
  DispenserReport,
  HardwareEvent,
  PlacedNotes,
  UnitNotes,
} from '../../src/terminal/hardware.ts'
import type { Random } from '../support/random.ts'

/** How a command ends that the power cut met under way. */
export type CutOff = 'not begun' | 'done' | 'half done'

type Dispense = Extract<Command, { readonly device: 'dispenser' }>
type Accept = Extract<Command, { readonly device: 'acceptor' }>

const noneOf: DispenserReport = { notes: 'not_presented' }

/** Where the notes really are. Nobody sees this but the test: the machine has only what the devices say. */
export class World {
  readonly cassettes = new Map([
    ['c1', { denomination: 10_00n, notes: 30 }],
    ['c2', { denomination: 20_00n, notes: 30 }],
    ['c3', { denomination: 50_00n, notes: 30 }],
  ])
  readonly given = new Map<number, bigint>()
  readonly storedBy = new Map<number, bigint>()
  /** The sequences of which a device lost track, or took notes back. */
  readonly doubtful = new Set<number>()
  /** How often the acceptor could not give notes back. */
  failedReturns = 0
  fed = 0n
  storedValue = 0n
  givenBack = 0n
  isCardIn = false
  isCardOffered = false
  #dispensing = 0
  #stacked: readonly UnitNotes[] = []
  #offered: readonly UnitNotes[] = []
  #rejected: readonly UnitNotes[] = []
  #report = noneOf
  #held: readonly CountedNotes[] = []
  #storedLast: { readonly sequence: number; readonly stored: readonly PlacedNotes[] } | undefined
  #lostTrackOfDeposit = false
  isSlotOpen = false

  get hasCash(): boolean {
    return this.#offered.length > 0
  }

  /** Does the whole command, and answers what the device says then. */
  carryOut(command: Command, faults: Random | undefined): HardwareEvent | undefined {
    if (command.device === 'card_reader') {
      this.isCardOffered = this.isCardIn && command.command === 'eject'
      if (command.command === 'retain') this.isCardIn = false
      return undefined
    }
    return command.device === 'dispenser' ? this.#dispense(command, faults) : this.#accept(command, faults)
  }

  /** The power fails while the command is under way. */
  cutOff(command: Command, how: CutOff): void {
    if (how === 'not begun' || command.command === 'report') return
    if (how === 'done' || command.device === 'card_reader') {
      this.carryOut(command, undefined)
      return
    }
    if (command.device === 'dispenser') {
      this.carryOut(command, undefined)
      if (command.command === 'stack' || command.command === 'reject') return
      this.#report = { notes: 'unknown' }
      this.doubtful.add(command.sequence)
      return
    }
    if (command.command !== 'store') return
    this.carryOut(command, undefined)
    this.#lostTrackOfDeposit = true
    this.doubtful.add(command.sequence)
  }

  /** The person takes the notes; what the dispenser then says, if it has power. */
  takeCash(): HardwareEvent {
    const sequence = this.#dispensing
    const value = this.#valueOf(this.#offered)
    this.given.set(sequence, (this.given.get(sequence) ?? 0n) + value)
    if (this.#report.notes === 'presented') this.#report = { ...this.#report, notes: 'taken' }
    this.#offered = []
    return { event: 'notes_taken', sequence }
  }

  feed(notes: readonly CountedNotes[]): HardwareEvent {
    this.isSlotOpen = false
    this.#held = notes
    this.fed += valueOf(notes)
    return { event: 'notes_counted', counted: notes }
  }

  #dispense(command: Dispense, faults: Random | undefined): HardwareEvent {
    const { sequence } = command
    if (faults?.percent(4) === true && command.command !== 'stack') {
      if (command.command === 'report' || command.command === 'retract') this.doubtful.add(sequence)
      return { event: 'dispenser_failed', sequence, failure: 'jam' }
    }
    switch (command.command) {
      case 'stack':
        return this.#stack(sequence, command.plan, faults)
      case 'present':
        this.#offered = this.#stacked
        this.#stacked = []
        this.#report = { notes: 'presented', presented: this.#offered, rejected: this.#rejected }
        return { event: 'notes_presented', sequence }
      case 'retract':
        if (!this.hasCash) return { event: 'notes_taken', sequence }
        if (this.#report.notes === 'presented') this.#report = { ...this.#report, notes: 'retracted' }
        this.#offered = []
        this.doubtful.add(sequence)
        return { event: 'notes_retracted', sequence }
      case 'reject':
        this.#rejected = [...this.#rejected, ...this.#stacked]
        this.#stacked = []
        return { event: 'notes_rejected', sequence, rejected: this.#rejected }
      case 'report':
        break
    }
    const report = this.#dispensing === sequence ? this.#report : noneOf
    return { event: 'dispenser_report', sequence, report }
  }

  #stack(sequence: number, plan: readonly PlacedNotes[], faults: Random | undefined): HardwareEvent {
    this.#dispensing = sequence
    this.#offered = []
    this.#rejected = []
    this.#report = noneOf
    let failure: string | undefined
    this.#stacked = plan.flatMap(({ unit, notes }) => {
      const cassette = this.cassettes.get(unit)
      if (cassette === undefined) return []
      let stacked = Math.min(notes, cassette.notes)
      if (stacked < notes) failure = 'empty'
      cassette.notes -= stacked
      if (faults?.percent(10) === true && stacked > 0) {
        const spoilt = faults.integer(1, stacked)
        this.#rejected = [...this.#rejected, { unit, notes: spoilt }]
        stacked -= spoilt
        failure = 'jam'
      }
      return stacked > 0 ? [{ unit, notes: stacked }] : []
    })
    return {
      event: 'notes_stacked',
      sequence,
      stacked: this.#stacked,
      rejected: this.#rejected,
      ...(failure === undefined ? {} : { failure }),
    }
  }

  #accept(command: Accept, faults: Random | undefined): HardwareEvent | undefined {
    if (faults?.percent(4) === true && command.command !== 'report') {
      if (command.command === 'return') this.failedReturns += 1
      return { event: 'acceptor_failed', failure: 'jam' }
    }
    if ('sequence' in command) {
      const { sequence } = command
      return command.command === 'store'
        ? { event: 'notes_stored', sequence, stored: this.#store(sequence) }
        : { event: 'acceptor_report', sequence, report: this.#whereDepositIs(sequence) }
    }
    if (command.command === 'accept') {
      this.isSlotOpen = true
      this.#lostTrackOfDeposit = false
      return undefined
    }
    this.isSlotOpen = false
    this.givenBack += valueOf(this.#held)
    this.#held = []
    return { event: 'notes_returned' }
  }

  #store(sequence: number): readonly PlacedNotes[] {
    const stored = this.#held.map((each) => ({ ...each, unit: 'in' }))
    this.#held = []
    this.storedValue += valueOf(stored)
    this.storedBy.set(sequence, valueOf(stored))
    this.#storedLast = { sequence, stored }
    return stored
  }

  #whereDepositIs(sequence: number): Extract<HardwareEvent, { event: 'acceptor_report' }>['report'] {
    if (this.#held.length > 0) return { notes: 'held' }
    if (this.#lostTrackOfDeposit) return { notes: 'unknown' }
    const last = this.#storedLast
    return last?.sequence === sequence ? { notes: 'stored', stored: last.stored } : { notes: 'none' }
  }

  get heldValue(): bigint {
    return valueOf(this.#held)
  }

  #valueOf(notes: readonly UnitNotes[]): bigint {
    return valueOf(
      notes.map((each) => ({
        denomination: formatCents(this.cassettes.get(each.unit)?.denomination ?? 0n),
        notes: each.notes,
      })),
    )
  }
}

function valueOf(notes: readonly CountedNotes[]): bigint {
  return notes.reduce(
    (sum, { denomination, notes: count }) => sum + BigInt(denomination.replace('.', '')) * BigInt(count),
    0n,
  )
}
