import { describeSettled } from '../test/support/exactly-once.ts'
import { failOver } from '../test/support/failover.ts'

/** `npm run drill:failover`: lets a primary die under load and its standby take over, on servers of its own. */
const hooks: (() => Promise<void>)[] = []

try {
  const { settled, outageSeconds } = await failOver({ after: (hook) => hooks.push(hook) }, (event) =>
    console.log(event),
  )
  console.log(describeSettled(settled))
  console.log('no acknowledged operation is lost, none is doubled, and the books verify')
  console.log(`seconds of outage, by instance: ${outageSeconds.join(', ')}`)
} finally {
  for (const hook of hooks.toReversed()) await hook()
}
