import { Value } from 'typebox/value'
import { SeededFile, type SeedPlan, SeedResult } from './seed-plan.ts'
import { runToEnd } from './servers/programs.ts'

/** Writes a new store with a program of its own, so that it leaves no memory behind here. */
export async function seedStoreAt(plan: SeedPlan): Promise<SeedResult> {
  return Value.Parse(SeedResult, await runSeed(plan))
}

/** A new file of the embedded engine. */
interface FilePlan extends Omit<SeedPlan, 'store'> {
  readonly path: string
  /** Another clone of the project, whose engine is to write it. */
  readonly root?: string
}

/** Writes a new file of the embedded engine. */
export async function seedStore({ path, root, ...plan }: FilePlan): Promise<SeededFile> {
  return Value.Parse(SeededFile, await runSeed({ ...plan, store: `sqlite:${path}` }, root))
}

async function runSeed(
  { store, accounts, postings, keys, expireKeys }: SeedPlan,
  root?: string,
): Promise<unknown> {
  const options = { store, accounts, postings, keys, 'expire-keys': expireKeys }
  return JSON.parse(await runToEnd('bench/seed.ts', options, root))
}
