import { spawn } from 'node:child_process'
import type { Context } from './context.ts'

/** Opens a page in the person's browser. Where there is none, or it does not start, the address was printed. */
export function openInBrowser(url: string, { env, platform }: Context): void {
  if (env['CI'] !== undefined) return
  const [command, ...args] = opener(platform)
  const child = spawn(command, [...args, url], { stdio: 'ignore', detached: true })
  child.on('error', () => {})
  child.unref()
}

function opener(platform: NodeJS.Platform): [string, ...string[]] {
  if (platform === 'darwin') return ['open']
  return platform === 'win32' ? ['rundll32', 'url.dll,FileProtocolHandler'] : ['xdg-open']
}
