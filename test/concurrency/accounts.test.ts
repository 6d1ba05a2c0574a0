import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Client, moneyOf } from '../support/client.ts'
import { deployments, inTurn } from '../support/deployments.ts'
import { assertVerified } from '../support/exactly-once.ts'
import { inLanes, inParallel } from '../support/load.ts'
import {
  accountNow,
  ask,
  centsIn,
  changeAccount,
  expectStatus,
  moveCash,
  openAccount,
  textIn,
} from '../support/requests.ts'
import { rounds as roundsOf } from '../support/rounds.ts'

const rounds = roundsOf({ quick: 40, full: 200 })
const freezes = 15
const clientsAtOnce = 64

/** A zone where it is about noon, so that no business day ends while a test counts what was withdrawn on it. */
function zoneAtNoon(): string {
  const hoursAhead = 12 - new Date().getUTCHours()
  // These names count westwards.
  return `Etc/GMT${hoursAhead > 0 ? '-' : '+'}${Math.abs(hoursAhead)}`
}

for (const { name: deployment, start } of deployments) {
  describe(`accounts on ${deployment}`, () => {
    test(`${rounds} races to open one account number: one opens it, the other is told that it is taken`, async (t) => {
      const bank = await start(t)
      await inLanes([0, 1, 2, 3, 4, 5, 6, 7], rounds, async (_, round) => {
        const number = `race-${round}`
        const answers = await Promise.all(
          [0, 1, 2, 3].map((index) =>
            ask(inTurn(bank, round + index), 'POST', '/accounts', {
              account_number: number,
              name: `Contestant ${index}`,
              opening_deposit: moneyOf(BigInt(index)),
            }),
          ),
        )
        const [opened, ...more] = answers.filter(({ status }) => status === 201)
        assert.ok(opened !== undefined && more.length === 0, answers.map(({ text }) => text).join('\n'))
        for (const { status, code } of answers)
          if (status !== 201) assert.deepEqual([status, code], [409, 'account_exists'])
        const stored = expectStatus(await ask(inTurn(bank, round), 'GET', `/accounts/${number}`), 200)
        assert.deepEqual(stored.body, opened.body)
        assert.equal(textIn(stored, 'name'), `Contestant ${centsIn(stored, 'balance')}`)
      })
      await assertVerified(bank.store)
    })

    test('once an account is frozen no withdrawal is accepted, whoever sends it', async (t) => {
      const bank = await start(t)
      const number = await openAccount(bank.clients[0], '750000', 1_000_000n)
      const work = { over: false, accepted: 0, refused: 0 }
      const withdraw = async (client: Client): Promise<void> => {
        while (!work.over) {
          const told = await moveCash(client, 'withdraw', number, 1n)
          if (told.status === 200) work.accepted += 1
          else assert.deepEqual([told.status, told.code], [400, 'account_frozen'])
          if (told.status === 400) work.refused += 1
        }
      }
      const withdrawing = Promise.all(Array.from({ length: 16 }, (_, index) => withdraw(inTurn(bank, index))))
      const watching = async (): Promise<void> => {
        for (let round = 0; round < freezes; round += 1) {
          const frozen = await changeAccount(inTurn(bank, round), number, { status: 'frozen' })
          const balance = centsIn(expectStatus(frozen, 200), 'balance')
          for (const client of [bank.clients[1], bank.clients[0], bank.clients[1]]) {
            const now = await accountNow(client, number)
            assert.deepEqual([now.status, now.balance], ['frozen', balance], 'nothing was taken out after it')
            assert.equal((await moveCash(client, 'withdraw', number, 1n)).code, 'account_frozen')
          }
          expectStatus(await changeAccount(inTurn(bank, round + 1), number, { status: 'open' }), 200)
          for (const client of bank.clients) expectStatus(await moveCash(client, 'withdraw', number, 1n), 200)
        }
      }
      await Promise.all([withdrawing, watching().finally(() => (work.over = true))])
      t.diagnostic(`${work.accepted} accepted, ${work.refused} refused`)
      assert.ok(work.accepted > freezes && work.refused > freezes, 'they were withdrawing all the time')
      const left = 1_000_000n - BigInt(work.accepted) - 2n * BigInt(freezes)
      assert.equal(await bank.clients[0].balance(number), left)
      await assertVerified(bank.store)
    })

    test(`${rounds} rounds of closing against a deposit: one of them wins`, async (t) => {
      const bank = await start(t)
      const wins = { closed: 0, deposited: 0 }
      await inLanes([0, 1, 2, 3, 4, 5, 6, 7], rounds, async (_, round) => {
        const number = await openAccount(inTurn(bank, round), `close-${round}`, 0n)
        const close = () => changeAccount(bank.clients[0], number, { status: 'closed' })
        const deposit = () => moveCash(bank.clients[1], 'deposit', number, 100n)
        const [closing, depositing] = await (Math.floor(round / 8) % 2 === 0
          ? Promise.all([close(), deposit()])
          : Promise.all([deposit(), close()]).then(([second, first]) => [first, second] as const))
        const now = await accountNow(inTurn(bank, round + 1), number)
        if (closing.status === 200) {
          wins.closed += 1
          assert.deepEqual([depositing.status, depositing.code], [400, 'account_closed'])
          assert.deepEqual([now.status, now.balance], ['closed', 0n])
        } else {
          wins.deposited += 1
          assert.deepEqual([closing.status, closing.code], [400, 'account_has_balance'])
          assert.equal(depositing.status, 200, depositing.text)
          assert.deepEqual([now.status, now.balance], ['open', 100n])
        }
      })
      t.diagnostic(`closed ${wins.closed}, deposited ${wins.deposited}`)
      assert.ok(wins.closed > 0 && wins.deposited > 0, 'both win now and then')
      await assertVerified(bank.store)
    })

    test(`a daily limit of 10 withdrawals lets ${clientsAtOnce} clients withdraw 10 times`, async (t) => {
      const bank = await start(t, ['--time-zone', zoneAtNoon()])
      for (let round = 0; round < 10; round += 1) {
        const number = await openAccount(bank.clients[0], `daily-${round}`, 100_000n)
        expectStatus(await changeAccount(bank.clients[1], number, { limits: { daily_count: 10 } }), 200)
        const answers = await inParallel(Array.from({ length: clientsAtOnce }), clientsAtOnce, (_, index) =>
          moveCash(inTurn(bank, index), 'withdraw', number, 100n),
        )
        assert.equal(answers.filter(({ status }) => status === 200).length, 10)
        for (const { status, code, text } of answers)
          if (status !== 200) assert.deepEqual([status, code], [400, 'daily_count_limit_exceeded'], text)
        assert.equal(await bank.clients[0].balance(number), 99_000n)
      }
      await assertVerified(bank.store)
    })
  })
}
