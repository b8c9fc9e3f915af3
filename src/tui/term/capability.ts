import type { ColourDepth } from './style.ts'

export type Environment = Readonly<Record<string, string | undefined>>

export interface Setting {
  readonly stdin: { readonly isTTY?: boolean | undefined }
  readonly stdout: { readonly isTTY?: boolean | undefined }
  readonly env: Environment
  readonly platform?: NodeJS.Platform
  readonly flags: {
    /** Given on the command line; its default does not count. */
    readonly format?: string | undefined
    /** A client that was started owns standard input and output. */
    readonly client?: boolean | undefined
  }
}

/** Whether the terminal UI opens. Where it does not, output is plain lines. */
export function canUseTui({ stdin, stdout, env, platform, flags }: Setting): boolean {
  if (stdin.isTTY !== true || stdout.isTTY !== true) return false
  if (flags.format !== undefined || flags.client === true) return false
  if (env['CI']) return false
  // Windows has terminals without TERM; anywhere else nothing is known of such a terminal.
  return platform === 'win32' || (env['TERM'] ?? '') !== '' ? env['TERM'] !== 'dumb' : false
}

/** Terminals that show 24-bit colour and do not all set COLORTERM. */
const trueColourTerms = /^(alacritty|foot|ghostty|wezterm|xterm-ghostty|xterm-kitty|contour)/
const trueColourPrograms = new Set(['ghostty', 'iTerm.app', 'vscode', 'WezTerm', 'Hyper'])

/** How many colours the terminal shows. NO_COLOR beats everything (no-color.org). */
export function colourDepth(env: Environment, platform?: NodeJS.Platform): ColourDepth {
  const term = env['TERM'] ?? ''
  if (env['NO_COLOR'] || term === 'dumb') return 'mono'
  // GNU screen hands the outer COLORTERM on and garbles 24-bit colour.
  if (term.startsWith('screen') && env['TMUX'] === undefined) {
    return term.includes('256color') ? '256' : '16'
  }
  if (/^(truecolor|24bit)$/i.test(env['COLORTERM'] ?? '')) return 'true'
  if (term.endsWith('-direct') || trueColourTerms.test(term)) return 'true'
  if (trueColourPrograms.has(env['TERM_PROGRAM'] ?? '') || env['WT_SESSION']) return 'true'
  if (term.includes('256color')) return '256'
  if (/^(vt\d|ansi-m|sun)/.test(term)) return 'mono'
  if (term === '') return platform === 'win32' ? 'true' : 'mono'
  return '16'
}

/** Whether more than ASCII can be shown: the locale says so, or the platform always can. */
export function unicodeOk(env: Environment, platform?: NodeJS.Platform): boolean {
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || ''
  if (locale !== '') return /utf-?8/i.test(locale)
  return platform === 'darwin' || platform === 'win32'
}
