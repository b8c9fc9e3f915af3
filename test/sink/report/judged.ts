import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseOptions } from '../../../src/shell/arguments.ts'
import type { Context } from '../../../src/shell/context.ts'
import { judgeCaptures } from '../../../src/shell/judge-files.ts'
import { Progress } from '../../../src/shell/progress.ts'
import type {
  Format,
  JudgedCapture,
  WholeCapture,
} from '../../../src/sink/report/judged-capture.ts'
import { loginTranscript } from '../../core/login.ts'

export const context: Context = {
  env: {},
  platform: 'linux',
  stdinIsTerminal: false,
  stdoutIsTerminal: false,
  stderrIsTerminal: false,
  columns: () => 100,
  ending: new Promise(() => {}),
  onSignal: undefined,
}

/** A capture file judged and redacted as the command does it. */
export async function judgedFile(
  path: string,
  flags: readonly string[] = [],
): Promise<WholeCapture> {
  const progress = new Progress(context)
  const options = parseOptions(flags, ['report', 'output', 'rules', 'deciding', 'general'])
  const judged = await judgeCaptures([path], options, progress)
  progress.end()
  return judged!.capture
}

/** The same for the text of a transcript or HAR file. */
export async function judged(text: string, flags?: readonly string[]): Promise<WholeCapture> {
  const folder = await mkdtemp(join(tmpdir(), 'authtap-report-'))
  try {
    const path = join(folder, 'capture')
    await writeFile(path, text)
    return { ...(await judgedFile(path, flags)), sources: ['capture.har'] }
  } finally {
    await rm(folder, { recursive: true })
  }
}

export function made(format: Format, capture: JudgedCapture): string {
  return [...format(capture)].join('')
}

/** A login whose token is for another audience, and a healthy one. */
export const broken = await judged(
  loginTranscript({ audience: 'https://elsewhere.example', refused: true }),
)
export const healthy = await judged(loginTranscript())

/** What a peer might send to be taken for markup, a mention, an end of something, or a command. */
export const nasty = `end; rect #quot; <script>alert(1)</script> "' \u202e\u0007\u001b[2J %% @octocat #1 | \`\`\` </details> ]]> & $(id) é`

const json = (value: unknown) => JSON.stringify(value)

/** A capture in which every place that a peer writes holds `nasty`. */
export const hostile = await judged(
  json({
    log: {
      version: '1.2',
      creator: { name: nasty, version: nasty },
      entries: [
        entry(
          {
            headers: [
              { name: 'content-type', value: 'application/json' },
              { name: 'user-agent', value: nasty },
              { name: '@/etc/passwd', value: 'x' },
            ],
            postData: {
              mimeType: 'application/json',
              text: json({
                jsonrpc: '2.0',
                id: 1,
                method: nasty,
                params: { name: nasty, clientInfo: { name: nasty, version: nasty } },
              }),
            },
          },
          {
            status: 401,
            statusText: nasty,
            headers: [
              { name: 'WWW-Authenticate', value: `Bearer realm="${nasty}"` },
              { name: 'server', value: nasty },
            ],
            content: { size: 1, mimeType: 'text/html', text: nasty },
          },
        ),
        entry({ method: nasty, url: `https://mcp.example/${nasty}` }, {}),
        {
          ...entry({}, {}),
          _authtap: { id: `"><img src=x onerror=alert(1)>${nasty}`, client: nasty },
        },
      ],
    },
  }),
)

function entry(request: object, response: object) {
  const none = { httpVersion: 'HTTP/1.1', cookies: [], headers: [], headersSize: -1, bodySize: 0 }
  return {
    startedDateTime: '2026-01-01T00:00:00Z',
    time: 1,
    request: {
      ...none,
      method: 'POST',
      url: 'https://mcp.example/mcp',
      queryString: [],
      ...request,
    },
    response: {
      ...none,
      status: 200,
      statusText: 'OK',
      content: { size: 0, mimeType: 'text/plain', text: '' },
      redirectURL: '',
      ...response,
    },
    cache: {},
    timings: { send: 0, wait: 1, receive: 0 },
  }
}
