import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { projectRoot, temporaryFolder } from './support/service.ts'

const ours = `node-${process.platform}-${process.arch}`

describe('after an install, the link to the Node that came with it', () => {
  test('is made where npm has lost it, and left as it is from then on', async (t) => {
    const folder = installed(await temporaryFolder(t))
    link(folder)
    link(folder)
    assert.equal(readlinkSync(join(folder, 'node_modules', '.bin', 'node')), join('..', ours, 'bin', 'node'))
  })

  test('replaces a link to the Node of another system', async (t) => {
    const folder = installed(await temporaryFolder(t))
    mkdirSync(join(folder, 'node_modules', '.bin'))
    symlinkSync(
      join('..', 'node-of-another-system', 'bin', 'node'),
      join(folder, 'node_modules', '.bin', 'node'),
    )
    link(folder)
    assert.equal(readlinkSync(join(folder, 'node_modules', '.bin', 'node')), join('..', ours, 'bin', 'node'))
  })
})

/** A folder as npm leaves it: the package of this system is there, its program not linked. */
function installed(folder: string): string {
  cpSync(join(projectRoot, 'bin'), join(folder, 'bin'), { recursive: true })
  mkdirSync(join(folder, 'node_modules', ours, 'bin'), { recursive: true })
  writeFileSync(join(folder, 'node_modules', ours, 'bin', 'node'), '')
  return folder
}

function link(folder: string): void {
  execFileSync(process.execPath, [join(folder, 'bin', 'link-node.mjs')])
}
