import { revisions } from './core/flow/revision.ts'

/** Which commands take a flag. */
export type FlagGroup =
  | 'general'
  | 'judging'
  | 'rules'
  | 'report'
  | 'output'
  | 'proxy'
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
    group: 'rules',
    value: 'RULE',
    repeat: true,
    help: 'do not run this rule; the report says so',
  },
  {
    name: 'fail-on',
    group: 'judging',
    value: 'LEVEL',
    choices: ['error', 'warning', 'info', 'never'],
    gone: {
      incomplete: 'A verdict that is incomplete exits with 3 by itself: leave the flag out.',
    },
    default: 'error',
    help: 'exit with 1 when a finding is at least this severe; never: exit with 0, also where nobody got through',
  },
  {
    name: 'revision',
    group: 'rules',
    value: 'DATE',
    choices: ['auto', ...revisions.slice(1)],
    default: 'auto',
    help: 'judge by this MCP revision instead of detecting it',
  },
  {
    name: 'quiet-period',
    group: 'rules',
    value: 'SECONDS',
    help: 'how long silence lasts before it counts (default: 15 for requests, 60 for a first token use, 300 for a person)',
  },
  {
    name: 'with-secrets',
    group: 'judging',
    help: 'leave secrets readable in files; they are then written for you alone',
  },
  {
    name: 'kit',
    group: 'explain',
    help: 'print what a step knows, what a flow knows, and what `at` may be',
  },
  { name: 'checklist', group: 'judging', help: 'print the 27 items of the checklist as well' },
  {
    name: 'format',
    group: 'report',
    value: 'FORMAT',
    choices: ['md', 'html', 'mermaid', 'har', 'sarif', 'junit', 'curl', 'json'],
    default: 'md',
    help: 'what to make of the capture',
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
    group: 'general',
    value: 'LEVEL',
    choices: ['silent', 'error', 'warn', 'info', 'debug', 'trace'],
    default: 'warn',
    help: "authtap's own log",
  },
  {
    name: 'log-file',
    group: 'general',
    value: 'FILE',
    help: 'write the log to a file instead of standard error',
  },
  {
    name: 'list-keys',
    group: 'general',
    help: 'print the keys of the terminal UI; AUTHTAP_KEYS="pause=P,filter=C-f" gives them others',
  },
  { name: 'help', group: 'general', help: 'print help' },
  { name: 'version', group: 'general', help: 'print the version' },
  {
    name: 'port',
    group: 'proxy',
    value: 'N',
    help: 'port for the server; 0 takes free ports and remembers nothing (default: the remembered one, else 8484)',
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
    help: 'let other machines connect; without it only loopback is listened on',
  },
  {
    name: 'allow-origin',
    group: 'proxy',
    value: 'ORIGIN',
    repeat: true,
    help: 'let web pages of this origin call the proxy',
  },
  {
    name: 'ca',
    group: 'proxy',
    value: 'FILE',
    help: 'trust these certificates (PEM) for the upstream too',
  },
  {
    name: 'cert',
    group: 'proxy',
    value: 'FILE',
    help: 'client certificate (PEM) for the upstream',
  },
  { name: 'key', group: 'proxy', value: 'FILE', help: 'key (PEM) of the client certificate' },
  {
    name: 'insecure',
    group: 'proxy',
    help: 'accept any certificate of the upstream; never for a server that is not yours',
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
    help: 'let the browser come back through the proxy, so that the authorization response is seen',
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
    help: 'bytes kept of each body; the rest is passed on',
  },
  {
    name: 'listen',
    group: 'proxy',
    value: '[HOST:]PORT',
    help: 'let viewers watch over WebSocket; see authtap attach. Takes the token of AUTHTAP_TOKEN, else makes one',
  },
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
    help: 'exit by the findings, or as the client that was run did',
  },
  {
    name: 'no-journal',
    group: 'proxy',
    help: 'do not write the session down; see authtap sessions',
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
