import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Answer, errorIn, serviceForSuite, wasReplayed } from '../support/client.ts'
import { historyOf } from '../support/history.ts'

const clients = 64
const together = (send: (index: number) => Promise<Answer>): Promise<Answer[]> =>
  Promise.all(Array.from({ length: clients }, (_, index) => send(index)))

const amountOf = (index: number): bigint => BigInt(100 + (index % 2))

describe('the same key sent by 64 clients at once', () => {
  const atm = serviceForSuite()

  test('posts once, and all others replay that one answer', async () => {
    for (let round = 0; round < 20; round += 1) {
      const before = await atm.client.balance('9999')
      const answers = await together(() => atm.client.operate('deposit', '9999', '"1.25"', `round-${round}`))
      assert.ok(
        answers.every((answer) => answer.status === 200),
        answers.find((answer) => answer.status !== 200)?.text,
      )
      assert.equal(answers.filter(wasReplayed).length, clients - 1)
      assert.equal(new Set(answers.map((answer) => answer.text)).size, 1)
      assert.equal(await atm.client.balance('9999'), before + 125n)
    }
    assert.equal((await historyOf(atm.client, '9999')).length, 20)
  })

  test('is declined once, and all others replay that', async () => {
    const answers = await together(() => atm.client.operate('withdraw', '1001', '"500.01"', 'declined'))
    assert.ok(answers.every((answer) => answer.status === 400 && errorIn(answer) === 'insufficient funds'))
    assert.equal(answers.filter(wasReplayed).length, clients - 1)
  })

  test('for different amounts posts one of them: its own kind replays, the others are 422', async () => {
    for (let round = 0; round < 20; round += 1) {
      const before = await atm.client.balance('1002')
      const answers = await together((index) =>
        atm.client.operate('deposit', '1002', `"${amountOf(index)}e-2"`, `contest-${round}`),
      )
      const winners = answers.filter((answer) => answer.status === 200)
      assert.equal(winners.length, clients / 2)
      assert.equal(winners.filter(wasReplayed).length, clients / 2 - 1)
      assert.equal(answers.filter((answer) => answer.status === 422).length, clients / 2)
      const winner = answers.findIndex((answer) => answer.status === 200)
      assert.equal(await atm.client.balance('1002'), before + amountOf(winner))
    }
  })

  test('for an account that does not exist is 404 for all, and replays for none', async () => {
    const answers = await together(() => atm.client.operate('deposit', '4711', '"1.00"', 'nobody'))
    assert.ok(answers.every((answer) => answer.status === 404 && !wasReplayed(answer)))
  })
})
