import { checkFlags } from './check-flags.ts'
import { interceptFlags } from './intercept-flags.ts'
import { publicFlags } from './public-flags.ts'
import { revisions } from './core/flow/revision.ts'

/** Which commands take a flag. */
export type FlagGroup =
  | 'general'
  | 'judging'
  | 'rules'
  | 'deciding'
  | 'watching'
  | 'report'
  | 'diff'
  | 'output'
  | 'proxy'
  | 'intercept'
  | 'gauntlet'
  | 'upstream'
  | 'check'
  | 'client'
  | 'demo'
  | 'sessions'
  | 'prune'
  | 'explain'
  | 'attach'

export interface Flag {
  readonly name: string
  readonly group: FlagGroup
  /** Placeholder of its value; absent for a switch. */
  readonly value?: string
  readonly choices?: readonly string[]
  /** Choices that there were once, with what to do in their place. */
  readonly gone?: Readonly<Record<string, string>>
  readonly repeat?: true
  readonly default?: string
  readonly help: string
}

/** Every flag: what it is called, what it takes, what it is when left out, and its line in `--help`. */
export const flags: readonly Flag[] = [
  {
    name: 'format',
    group: 'judging',
    value: 'FORMAT',
    choices: ['text', 'ndjson', 'json'],
    default: 'text',
    help: 'what to print',
  },
  {
    name: 'output',
    group: 'judging',
    value: 'FILE',
    help: 'print to a file instead of standard output',
  },
  { name: 'har', group: 'judging', value: 'FILE', help: 'save the capture as a redacted HAR file' },
  {
    name: 'rules',
    group: 'rules',
    value: 'PATH',
    repeat: true,
    help: 'add rules of your own from a file or folder',
  },
  {
    name: 'ignore',
    group: 'deciding',
    value: 'RULE',
    repeat: true,
    help: 'leave this rule out; the report says so',
  },
  {
    name: 'fail-on',
    group: 'judging',
    value: 'LEVEL',
    choices: ['error', 'warning', 'info', 'never'],
    gone: {
      incomplete: 'An incomplete verdict exits with 3 anyway: leave the flag out.',
    },
    default: 'error',
    help: 'exit with 1 when a finding is at least this severe; never: exit with 0, even when nobody got through',
  },
  {
    name: 'revision',
    group: 'deciding',
    value: 'DATE',
    choices: ['auto', ...revisions.slice(1)],
    default: 'auto',
    help: 'judge by this MCP revision instead of detecting it',
  },
  {
    name: 'quiet-period',
    group: 'deciding',
    value: 'SECONDS',
    help: 'how long to wait before a missing step counts as missing (default: 15 for a request, 60 for the first use of a token, 300 for a person)',
  },
  {
    name: 'as-client',
    group: 'deciding',
    value: 'NAME',
    help: 'say whether this client would refuse the server, and at which check; all: every client that is known',
  },
  {
    name: 'verify-tokens',
    group: 'deciding',
    help: 'fetch the keys of authorization servers, and of clients that sign, and check the signatures of access tokens and assertions; without it authtap checks them only with keys that the capture holds',
  },
  {
    name: 'with-secrets',
    group: 'judging',
    help: 'leave secrets readable in the files of --har and --output; only you may then read these files',
  },
  {
    name: 'kit',
    group: 'explain',
    help: 'print what rules of your own can use: steps, flows, places, functions',
  },
  { name: 'checklist', group: 'judging', help: 'print the 27 items of the checklist as well' },
  {
    name: 'format',
    group: 'report',
    value: 'FORMAT',
    choices: ['md', 'html', 'mermaid', 'har', 'sarif', 'junit', 'curl', 'json'],
    default: 'md',
    help: 'which kind of report to make',
  },
  {
    name: 'format',
    group: 'diff',
    value: 'FORMAT',
    choices: ['text', 'json', 'md', 'html'],
    default: 'text',
    help: 'how to show the differences',
  },
  {
    name: 'output',
    group: 'output',
    value: 'FILE',
    default: '-',
    help: 'where to write it; - is standard output',
  },
  {
    name: 'filter',
    group: 'judging',
    value: 'EXPR',
    help: 'with ndjson: only exchanges that match, such as "kind:token status:4xx"',
  },
  { name: 'no-color', group: 'general', help: 'print without colour (also: NO_COLOR)' },
  {
    name: 'log-level',
    group: 'watching',
    value: 'LEVEL',
    choices: ['silent', 'error', 'warn', 'info', 'debug', 'trace'],
    default: 'warn',
    help: "how much authtap's own log says",
  },
  {
    name: 'log-file',
    group: 'watching',
    value: 'FILE',
    help: 'write the log to a file instead of standard error',
  },
  {
    name: 'list-keys',
    group: 'watching',
    help: 'print the keys of the terminal UI; AUTHTAP_KEYS="pause=P,filter=C-f" changes them',
  },
  { name: 'fix-terminal', group: 'general', help: 'give back a terminal after kill -9' },
  { name: 'help', group: 'general', help: 'print help' },
  { name: 'version', group: 'general', help: 'print the version' },
  {
    name: 'port',
    group: 'proxy',
    value: 'N',
    help: 'port that stands for the MCP server; 0 takes free ports and remembers none (default: the one it had last time, else 8484)',
  },
  {
    name: 'host',
    group: 'proxy',
    value: 'ADDRESS',
    help: 'listen on this address instead of loopback; needs --allow-remote',
  },
  {
    name: 'allow-remote',
    group: 'proxy',
    help: 'let other machines connect; without it authtap listens on loopback only',
  },
  {
    name: 'allow-origin',
    group: 'proxy',
    value: 'ORIGIN',
    repeat: true,
    help: 'let web pages of this origin call the proxy',
  },
  {
    name: 'tls',
    group: 'proxy',
    help: 'speak https to clients that insist on it, with a certificate made for the session; authtap says how a client trusts it',
  },
  {
    name: 'tls-cert',
    group: 'proxy',
    value: 'FILE',
    help: 'speak https with this certificate (PEM, with its chain) in place of a made one',
  },
  { name: 'tls-key', group: 'proxy', value: 'FILE', help: 'key (PEM) of that certificate' },
  {
    name: 'ca',
    group: 'upstream',
    value: 'FILE',
    help: 'trust these certificates (PEM) for the upstream too',
  },
  {
    name: 'cert',
    group: 'upstream',
    value: 'FILE',
    help: 'client certificate (PEM) for the upstream',
  },
  { name: 'key', group: 'upstream', value: 'FILE', help: 'key (PEM) of the client certificate' },
  {
    name: 'insecure',
    group: 'upstream',
    help: 'accept any certificate of the upstream; use it only for a server of your own',
  },
  {
    name: 'also',
    group: 'proxy',
    value: 'ORIGIN',
    repeat: true,
    help: 'watch this origin as well, such as an identity provider',
  },
  {
    name: 'relay',
    group: 'proxy',
    value: 'WHEN',
    choices: ['auto', 'always', 'never'],
    default: 'auto',
    help: 'send the browser back through the proxy, so that authtap sees the authorization response',
  },
  {
    name: 'dpop',
    group: 'proxy',
    value: 'HOW',
    choices: ['rebind'],
    help: "sign the client's DPoP proofs anew, with a key of the proxy",
  },
  {
    name: 'body-limit',
    group: 'proxy',
    value: 'BYTES',
    default: '1048576',
    help: 'bytes recorded of each body; the rest is passed on unrecorded',
  },
  ...publicFlags,
  ...interceptFlags,
  {
    name: 'listen',
    group: 'proxy',
    value: '[HOST:]PORT',
    help: 'let viewers watch over WebSocket (authtap attach); their token is AUTHTAP_TOKEN, or else one that authtap makes and prints',
  },
  ...checkFlags,
  {
    name: 'token',
    group: 'attach',
    value: 'TOKEN',
    help: 'the token that the proxy printed (also: AUTHTAP_TOKEN, which other users of this machine cannot see)',
  },
  {
    name: 'ca',
    group: 'attach',
    value: 'FILE',
    help: 'trust these certificates (PEM) for wss:// too',
  },
  {
    name: 'exit-code',
    group: 'client',
    value: 'WHOSE',
    choices: ['findings', 'client'],
    default: 'findings',
    help: 'whose exit code to use: by the findings, or that of the client that was run',
  },
  {
    name: 'no-journal',
    group: 'proxy',
    help: 'do not record this session; see authtap sessions',
  },
  {
    name: 'journal',
    group: 'sessions',
    value: 'DIR',
    help: 'folder of recorded sessions (default: sessions in the state folder; none with --port 0)',
  },
  {
    name: 'keep',
    group: 'prune',
    value: 'N',
    help: 'how many sessions stay when old ones are removed (default: 50)',
  },
]
