// Runs after every install, on any Node. The packages that carry Node for other systems name their program like the one
// for this system, and npm before 11 loses that program's link over it, or links another system's: this puts it right.
import { existsSync, lstatSync, mkdirSync, readlinkSync, rmSync, symlinkSync } from 'fs'
import { dirname, join } from 'path'
import { fileURLToPath } from 'url'

const modules = join(dirname(dirname(fileURLToPath(import.meta.url))), 'node_modules')
const link = join(modules, '.bin', 'node')
const carried = [`node-${process.platform}-${process.arch}`, `node-bin-${process.platform}-${process.arch}`]
const program = carried
  .map((name) => join('..', name, 'bin', 'node'))
  .find((path) => existsSync(join(modules, '.bin', path)))

if (program !== undefined && linked() !== program) {
  mkdirSync(dirname(link), { recursive: true })
  rmSync(link, { force: true })
  symlinkSync(program, link)
}

function linked() {
  return lstatSync(link, { throwIfNoEntry: false })?.isSymbolicLink() === true
    ? readlinkSync(link)
    : undefined
}
