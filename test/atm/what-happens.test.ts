import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Command } from '../../src/state-machine/commands.ts'
import { openBank, reported, resolution, withdrawal } from './bank.ts'

const SEQ = 17

/** What is sent, how it is answered (a state or a reason), and then: account, machine, 20s in their cassette, reject, retract. */
type Step = readonly [
  Command,
  answer: string,
  account: string,
  machine: string,
  c20: number,
  reject?: number,
  retract?: number,
]

const before = ['500.00', '8000.00', 100] as const
const out = ['440.00', '7940.00', 97] as const
const twenties = (notes: number) => [{ unit: 'c20', notes }]
const authorized: Step = [withdrawal(SEQ), 'authorized', ...out]

const table: Readonly<Record<string, readonly Step[]>> = {
  'the request is lost, and the machine gives up': [[reported(SEQ, 'not_dispensed'), 'closed', ...before]],
  'authorized, and the reply is lost or the power cut before dispensing': [
    authorized,
    [reported(SEQ, 'not_dispensed'), 'not_dispensed', ...before],
  ],
  'the service is killed during the commit: the same request again': [
    authorized,
    [withdrawal(SEQ), 'authorized', ...out],
    [reported(SEQ, 'dispensed'), 'dispensed', ...out],
  ],
  'the outcome overtakes the authorization': [
    [reported(SEQ, 'not_dispensed'), 'closed', ...before],
    [withdrawal(SEQ), 'transaction_closed', ...before],
    [withdrawal(SEQ), 'transaction_closed', ...before],
  ],
  'power cut while dispensing, and the dispenser knows': [
    authorized,
    [reported(SEQ, 'dispensed', twenties(3)), 'dispensed', ...out],
  ],
  'power cut while dispensing, and the dispenser does not know': [
    authorized,
    [reported(SEQ, 'unknown'), 'in_doubt', ...out],
  ],
  'power cut after dispensing, or the acknowledgement is lost: sent twice': [
    authorized,
    [reported(SEQ, 'dispensed'), 'dispensed', ...out],
    [reported(SEQ, 'dispensed'), 'dispensed', ...out],
  ],
  '2 presented, 1 in the reject unit': [
    authorized,
    [
      reported(SEQ, 'partly_dispensed', twenties(2), twenties(1)),
      'partly_dispensed',
      '460.00',
      '7960.00',
      97,
      1,
    ],
  ],
  '2 presented, 1 never left its cassette': [
    authorized,
    [reported(SEQ, 'partly_dispensed', twenties(2)), 'partly_dispensed', '460.00', '7960.00', 98],
  ],
  '3 presented, and a fourth that was picked with them rejected': [
    authorized,
    [reported(SEQ, 'dispensed', twenties(3), twenties(1)), 'dispensed', '440.00', '7940.00', 96, 1],
  ],
  retracted: [authorized, [reported(SEQ, 'retracted', twenties(3)), 'in_doubt', ...out]],
  'operator: given 0, found 3': [
    authorized,
    [reported(SEQ, 'retracted', twenties(3)), 'in_doubt', ...out],
    [resolution(SEQ, 0, 3), 'not_dispensed', '500.00', '8000.00', 97, 0, 3],
  ],
  'operator: given 2, found 0': [
    authorized,
    [reported(SEQ, 'unknown'), 'in_doubt', ...out],
    [resolution(SEQ, 2, 0), 'partly_dispensed', '460.00', '7940.00', 97],
  ],
  'the same late outcome after the resolution is acknowledged': [
    authorized,
    [reported(SEQ, 'unknown'), 'in_doubt', ...out],
    [resolution(SEQ, 2, 0), 'partly_dispensed', '460.00', '7940.00', 97],
    [reported(SEQ, 'partly_dispensed', twenties(2)), 'partly_dispensed', '460.00', '7940.00', 97],
  ],
  'another late outcome after the resolution moves nothing': [
    authorized,
    [reported(SEQ, 'unknown'), 'in_doubt', ...out],
    [resolution(SEQ, 2, 0), 'partly_dispensed', '460.00', '7940.00', 97],
    [reported(SEQ, 'dispensed'), 'partly_dispensed', '460.00', '7940.00', 97],
  ],
}

describe('a withdrawal of 60.00 as 3×20', () => {
  for (const [name, steps] of Object.entries(table)) {
    test(name, async () => {
      const bank = await openBank()
      for (const [command, expected, account, machine, c20, reject = 0, retract = 0] of steps) {
        const answer = await bank.ask(command)
        assert.equal(typeof answer === 'string' ? answer : answer['state'], expected)
        assert.deepEqual(await bank.figures(), [account, machine])
        assert.deepEqual(
          ['c20', 'reject', 'retract'].map((unit) => bank.notesIn(unit)),
          [c20, reject, retract],
        )
      }
    })
  }

  test('what is short is on the account for it, and a conflict is on record', async () => {
    const bank = await openBank()
    for (const [command] of table['another late outcome after the resolution moves nothing'] ?? [])
      await bank.send(command)
    assert.equal(bank.overShort(), '-20.00')
    assert.equal(bank.row(SEQ).conflict?.request['outcome'], 'dispensed')
    const { atm } = await bank.store.verify()
    assert.deepEqual([atm?.conflicts, atm?.inDoubt], [1, 0])
  })

  test('no conflict is on record where the late outcome says the same', async () => {
    const bank = await openBank()
    for (const [command] of table['the same late outcome after the resolution is acknowledged'] ?? [])
      await bank.send(command)
    assert.equal(bank.row(SEQ).conflict, undefined)
  })
})
