// Plain JavaScript that any Node able to read `--import` can run: it must be able to say why a newer one is needed.
import module from 'node:module'
import { fileURLToPath } from 'node:url'

const REQUIRED_MAJOR = 24

if (Number(process.versions.node.split('.')[0]) < REQUIRED_MAJOR) {
  console.error(
    `Node ${REQUIRED_MAJOR} or newer is needed and this is ${process.versions.node}: run "npm ci" without --omit=optional to get one inside this project, or install it.`,
  )
  process.exit(1)
}

// Every start but the first then spares compiling, and the memory of the compiler. Where it cannot write, it does without.
module.enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/compile', import.meta.url)))
