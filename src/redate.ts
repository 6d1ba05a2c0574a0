import { readDatedStore } from './config/config.ts'
import { redateStore } from './storage/open.ts'

/** `npm run redate -- --store URL`: dates back to now what a clock that ran ahead has dated later. */
try {
  const { store, timeZone } = readDatedStore(process.argv.slice(2), process.env)
  const nowMs = Date.now()
  const counts = await redateStore(store, timeZone, nowMs)
  const now = new Date(nowMs).toISOString()
  if (counts.every(({ count }) => count === 0)) console.log(`nothing is dated later than now, ${now}`)
  else {
    const redated = counts.map(({ name, count }) => `${count} ${name}`).join(', ')
    console.log(`dated back to ${now}: ${redated}; the table redated_postings has the dates of before`)
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
