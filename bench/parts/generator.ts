import { cannedAnswers } from '../servers/catalogue.ts'
import { type Part, compareAloud, depositsToOneAccount, withSettings } from './part.ts'

const FASTER_THAN_ANY_SERVER = 60_000

export const loadGeneratorAlone: Part = {
  name: 'generator',
  long: false,
  async run(bench) {
    // One round will do, as it hardly varies.
    const [canned] = await compareAloud(withSettings(bench, { rounds: 1 }), [
      { name: 'canned answers', server: cannedAnswers(), traffic: depositsToOneAccount },
    ])
    return {
      title: 'The load generator itself',
      short: 'generator',
      method:
        'Deposits to a server that answers the same bytes without reading what it is sent: the most that can be asked of the others.',
      figures: [
        {
          what: 'requests the load generator can make',
          unit: 'requests/s',
          rounds: canned.runs.map(({ requestsPerSecond }) => requestsPerSecond),
          goal: { atLeast: FASTER_THAN_ANY_SERVER },
        },
      ],
      series: [],
    }
  },
}
