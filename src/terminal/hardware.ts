/** Notes of one cash unit; the denomination follows from the unit. */
export interface UnitNotes {
  readonly unit: string
  readonly notes: number
}

/** Notes that a person has fed, before they are in any unit. */
export interface CountedNotes {
  /** As on the wire: `"20.00"`. */
  readonly denomination: string
  readonly notes: number
}

/** Notes of one denomination in one unit, planned to be taken out or stored. */
export interface PlacedNotes extends UnitNotes, CountedNotes {}

/** What the program asks of the devices. A device answers each command with an event, unless the power fails. */
export type Command =
  | { readonly device: 'card_reader'; readonly command: 'eject' | 'retain' }
  | {
      /** Take these notes from their units, and hold them inside. Answered by `notes_stacked`. */
      readonly device: 'dispenser'
      readonly command: 'stack'
      readonly sequence: number
      readonly plan: readonly PlacedNotes[]
    }
  | {
      /**
       * `present` offers what is stacked, `retract` takes back what was not taken, `reject` puts what is stacked into
       * the reject unit (if there is anything), `report` says what became of the notes of this sequence.
       */
      readonly device: 'dispenser'
      readonly command: 'present' | 'retract' | 'reject' | 'report'
      readonly sequence: number
    }
  | {
      /** `accept` opens the slot and counts what is fed, `return` gives it back. */
      readonly device: 'acceptor'
      readonly command: 'accept' | 'return'
    }
  | {
      /** `store` moves the counted notes into a unit, `report` says where they are. */
      readonly device: 'acceptor'
      readonly command: 'store' | 'report'
      readonly sequence: number
    }

/** What a dispenser can say of a sequence after a power cut or a fault. */
export type DispenserReport =
  /** Nothing was offered: the notes are in their units or still stacked. */
  | { readonly notes: 'not_presented' }
  | {
      readonly notes: 'presented' | 'taken' | 'retracted'
      readonly presented: readonly UnitNotes[]
      readonly rejected: readonly UnitNotes[]
    }
  | { readonly notes: 'unknown' }

/** What an acceptor can say of the notes fed last. */
export type AcceptorReport =
  /** It holds none, and has stored none for this sequence. */
  | { readonly notes: 'none' }
  /** Counted, and neither stored nor given back. */
  | { readonly notes: 'held' }
  | { readonly notes: 'stored'; readonly stored: readonly PlacedNotes[] }
  | { readonly notes: 'unknown' }

export type HardwareEvent =
  | { readonly event: 'card_inserted'; readonly cardNumber: string }
  | { readonly event: 'card_taken' }
  | {
      readonly event: 'notes_stacked'
      readonly sequence: number
      readonly stacked: readonly UnitNotes[]
      readonly rejected: readonly UnitNotes[]
      /** Why there are fewer than planned. */
      readonly failure?: string
    }
  | { readonly event: 'notes_presented' | 'notes_taken' | 'notes_retracted'; readonly sequence: number }
  | {
      /** All notes of this sequence that are in the reject unit. */
      readonly event: 'notes_rejected'
      readonly sequence: number
      readonly rejected: readonly UnitNotes[]
    }
  | { readonly event: 'dispenser_failed'; readonly sequence: number; readonly failure: string }
  | { readonly event: 'dispenser_report'; readonly sequence: number; readonly report: DispenserReport }
  | { readonly event: 'notes_counted'; readonly counted: readonly CountedNotes[] }
  | { readonly event: 'notes_stored'; readonly sequence: number; readonly stored: readonly PlacedNotes[] }
  | { readonly event: 'notes_returned' }
  | { readonly event: 'acceptor_failed'; readonly failure: string }
  | { readonly event: 'acceptor_report'; readonly sequence: number; readonly report: AcceptorReport }
