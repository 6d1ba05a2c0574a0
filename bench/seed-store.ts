import { Value } from 'typebox/value'
import { type SeedPlan, SeedResult } from './seed-plan.ts'
import { runToEnd } from './servers/programs.ts'

/** Writes a new store with a program of its own, so that it leaves no memory behind here. */
export async function seedStore(plan: SeedPlan): Promise<SeedResult> {
  const printed = await runToEnd('bench/seed.ts', {
    path: plan.path,
    accounts: plan.accounts,
    postings: plan.postings,
    keys: plan.keys,
    'expire-keys': plan.expireKeys,
  })
  return Value.Parse(SeedResult, JSON.parse(printed))
}
