import { spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

const programNames = ['google-chrome', 'google-chrome-stable', 'chromium', 'chromium-browser']
const macProgram = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function onPath(name: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  return folders.map((folder) => join(folder, name)).find(isProgram)
}

/** The path of a Chromium or Chrome on this machine. */
export function findChromium(): string | undefined {
  const onThisPath = programNames.map(onPath).find((path) => path !== undefined)
  return onThisPath ?? (isProgram(macProgram) ? macProgram : undefined)
}

/** What to put before `apt-get` so that it may install, or undefined when this machine or user cannot. */
function rightToInstall(): readonly string[] | undefined {
  if (onPath('apt-get') === undefined) return undefined
  if (process.getuid?.() === 0) return []
  const sudoAsksNothing = spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0
  return sudoAsksNothing ? ['sudo', '-n'] : undefined
}

/** Installs Debian's chromium and answers its path; answers undefined when that is not possible here. */
export function installChromium(): string | undefined {
  const prefix = rightToInstall()
  if (prefix === undefined) return undefined
  console.log("No Chromium found: installing Debian's with apt-get, once.")
  for (const command of [
    'apt-get -qq update',
    'apt-get -qq install --yes --no-install-recommends chromium',
  ]) {
    const [program = '', ...args] = [
      ...prefix,
      'env',
      'DEBIAN_FRONTEND=noninteractive',
      ...command.split(' '),
    ]
    // Package by package progress is hundreds of lines; what goes wrong is on stderr.
    const { status } = spawnSync(program, args, { stdio: ['ignore', 'ignore', 'inherit'] })
    if (status !== 0) return undefined
  }
  return findChromium()
}
