import type { FlagGroup } from '../options.ts'
import type { Options } from '../shell/arguments.ts'
import type { Context } from '../shell/context.ts'
import type { CommandHelp } from './help.ts'

type Run = (
  context: Context,
  options: Options,
  clientArgs: readonly string[] | undefined,
) => Promise<number>

export interface Command extends CommandHelp {
  /** Only what is asked for is loaded: what the others need would take longer than most of them. */
  load(): Promise<Run>
  /** Lines of its help that have to be made. */
  more?(): Promise<readonly string[]>
}

const judging: readonly FlagGroup[] = ['judging', 'rules', 'deciding', 'watching', 'general']

export const commands: readonly Command[] = [
  {
    name: '',
    usage: 'authtap MCP-URL… [-- CLIENT ARGS…]',
    example: 'authtap https://mcp.example.com/mcp',
    summary: 'stand between a client and an MCP server, and say live what breaks',
    details: [
      '',
      'Point the client at the URL that authtap prints. What follows -- is the command of a client: authtap starts it, puts',
      'that URL in place of {url} and into AUTHTAP_URL, leaves it standard input and output, and ends when it ends.',
    ],
    groups: ['proxy', 'intercept', 'upstream', 'client', 'sessions', ...judging],
    load: async () => (await import('./proxy.ts')).proxy,
  },
  {
    name: 'check',
    usage: 'authtap check MCP-URL…',
    example: 'authtap check https://mcp.example.com/mcp',
    summary: 'look at a server as a client would, without one, and say what breaks',
    details: [
      '',
      'It asks for what a client asks for before it logs in, and for some things that are wrong on purpose: at most 30 requests',
      'a server. It sends no token that anybody issued, registers nothing and changes nothing. Several URLs give a table.',
      'Where nothing is wrong the verdict is incomplete (exit code 3), because nobody logged in. With --login or',
      '--client-credentials somebody does: then 0 means that all of it works. Tokens stay in memory and are revoked at the end.',
    ],
    groups: ['check', 'upstream', ...judging],
    load: async () => (await import('./check.ts')).check,
  },
  {
    name: 'gauntlet',
    usage: 'authtap gauntlet MCP-URL -- CLIENT ARGS…',
    example: 'authtap gauntlet https://mcp.example.com/mcp -- npx mcp-remote {url}',
    summary: 'run a client once for each fault, and say which it is fooled by or stuck at',
    details: [],
    groups: ['gauntlet', 'output', 'general'],
    load: async () => (await import('./gauntlet.ts')).gauntlet,
  },
  {
    name: 'analyze',
    usage: 'authtap analyze FILE…',
    example: 'authtap analyze login.har --format text',
    summary: 'judge HAR files or transcripts as one session; - is standard input',
    details: [
      '',
      'On a terminal it opens the same view as the proxy and prints the verdict when you quit; --format text prints it at once.',
      '@last is the latest recorded session, @2 the one before; see authtap sessions.',
    ],
    groups: ['sessions', ...judging],
    load: async () => (await import('./analyze.ts')).analyze,
  },
  {
    name: 'sessions',
    usage: 'authtap sessions [list | show @NAME | prune]',
    example: 'authtap sessions prune --keep 10',
    summary: 'list the recorded sessions, show one, or remove old ones',
    details: [
      '',
      'Each start of the proxy removes old sessions. It keeps the newest 50, none older than 30 days, 500 MB in all.',
      'authtap analyze @last judges the latest.',
    ],
    groups: ['sessions', 'prune', 'general'],
    load: async () => (await import('./sessions.ts')).sessions,
  },
  {
    name: 'attach',
    usage: 'authtap attach WS-URL',
    example: 'authtap attach ws://127.0.0.1:8485 --token TOKEN',
    summary: 'watch a proxy that runs elsewhere with --listen',
    details: [
      '',
      'It reconnects by itself. When you end it, it judges and saves what it saw.',
      'For wss:// put a TLS terminator of your own in front of the proxy.',
    ],
    groups: ['attach', ...judging],
    load: async () => (await import('./attach.ts')).attach,
  },
  {
    name: 'report',
    usage: 'authtap report FILE… [--format FORMAT]',
    example: 'authtap report @last --format html --output report.html',
    summary: 'make a report that is safe to share: Markdown, HTML, a diagram, SARIF and more',
    details: [],
    groups: ['report', 'output', 'sessions', 'rules', 'deciding', 'general'],
    load: async () => (await import('./report.ts')).report,
  },
  {
    name: 'diff',
    usage: 'authtap diff A B',
    example: 'authtap diff works.har fails.har',
    summary: 'compare two captures step by step: what one has and the other lacks',
    details: ['', 'Exit code: 1 when they differ in something that matters, 0 when they do not.'],
    groups: ['diff', 'output', 'sessions', 'general'],
    load: async () => (await import('./diff.ts')).diff,
  },
  {
    name: 'redact',
    usage: 'authtap redact FILE [--output FILE]',
    example: 'authtap redact login.har --output safe.har',
    summary: 'make any HAR file safe to share, with the verdict inside',
    details: [],
    groups: ['output', 'rules', 'deciding', 'general'],
    load: async () => (await import('./report.ts')).redact,
  },
  {
    name: 'explain',
    usage: 'authtap explain [RULE | fault/NAME | --kit]',
    example: 'authtap explain audience/aud-mismatch',
    summary: "print a rule's or a fault's page, or with --kit what rules of your own can use",
    details: [],
    groups: ['explain', 'rules', 'general'],
    load: async () => (await import('./explain.ts')).explain,
  },
  {
    name: 'rules',
    usage: 'authtap rules [list | test DIR]',
    example: 'authtap rules test ./my-rules',
    summary: 'list the rules, or run the examples in rules of your own',
    details: ['', 'authtap rules test exits with 1 when an example does not hold.'],
    groups: ['rules', 'general'],
    load: async () => (await import('./rules.ts')).rulesCommand,
  },
  {
    name: 'demo',
    usage: 'authtap demo [FAULT]',
    example: 'authtap demo missing-verifier --format text',
    summary: 'watch a login with built-in parties, one of them at fault',
    details: [
      '',
      'Without FAULT it plays wrong-audience and exits with 0. FAULT none plays a healthy login.',
    ],
    more: async () => (await import('./demo.ts')).faultLines(),
    groups: judging,
    load: async () => (await import('./demo.ts')).demo,
  },
]
