// Runs after every install, on any Node. The packages that carry Node for other systems name their program like the one
// for this system, and npm before 11 removes that program's link together with those packages: this puts it back.
import { existsSync, mkdirSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const modules = join(dirname(dirname(fileURLToPath(import.meta.url))), 'node_modules')
const link = join(modules, '.bin', 'node')
const carried = [`node-${process.platform}-${process.arch}`, `node-bin-${process.platform}-${process.arch}`]
const program = carried
  .map((name) => join('..', name, 'bin', 'node'))
  .find((path) => existsSync(join(modules, '.bin', path)))

if (program !== undefined && !existsSync(link)) {
  mkdirSync(dirname(link), { recursive: true })
  symlinkSync(program, link)
}
