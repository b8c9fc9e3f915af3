import { readFileSync, readdirSync } from 'node:fs'
import { brokenJson, brokenText } from './breaking.mjs'

const folders = ['../captures/', '../core/har/fixtures/'].map(
  (name) => new URL(name, import.meta.url),
)
const files = folders.flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => /\.(?:har|txt)$/.test(name))
    .map((name) => new URL(name, folder)),
)
const texts = files.sort().map((file) => ({
  text: readFileSync(file, 'utf8').replace('\ufeff', ''),
  isHar: file.pathname.endsWith('.har'),
}))
const hars = texts.filter(({ isHar }) => isHar).map(({ text }) => JSON.parse(text))
const transcripts = texts.filter(({ isHar }) => !isHar).map(({ text }) => text)

/** The text of a capture file of some kind, with secrets in it, mostly broken. */
export function captureText(chance, secrets) {
  const more = Object.values(secrets)
  switch (chance.below(3)) {
    case 0:
      return brokenJson(chance, withSecrets(chance.pick(hars), secrets), more)
    case 1:
      return journalText(chance, withSecrets(chance.pick(hars), secrets), more)
    default:
      return brokenText(chance, chance.pick(transcripts) + asked(secrets), more)
  }
}

function asked({ access, session }) {
  return `\n> GET https://mcp.example/mcp\n> Authorization: Bearer ${access}\n> Cookie: sid=${session}\n\n< HTTP/1.1 200 OK\n< Content-Type: application/json\n\n{"jsonrpc":"2.0","id":1,"result":{}}\n`
}

/** As another program records a token request. */
function withSecrets({ log }, { access, refresh, client, session }) {
  const entry = {
    startedDateTime: '2026-11-25T01:43:15.419Z',
    time: 1,
    request: {
      method: 'POST',
      url: 'https://as.example/token',
      httpVersion: 'HTTP/1.1',
      headers: [
        { name: 'Authorization', value: `Bearer ${access}` },
        { name: 'Cookie', value: `sid=${session}` },
      ],
      cookies: [{ name: 'sid', value: session }],
      queryString: [],
      postData: {
        mimeType: 'application/x-www-form-urlencoded',
        text: `grant_type=refresh_token&refresh_token=${refresh}&client_secret=${client}`,
      },
      headersSize: -1,
      bodySize: -1,
    },
    response: {
      status: 200,
      statusText: 'OK',
      httpVersion: 'HTTP/1.1',
      headers: [{ name: 'Content-Type', value: 'application/json' }],
      cookies: [],
      content: {
        size: 10,
        mimeType: 'application/json',
        text: JSON.stringify({
          access_token: access,
          refresh_token: refresh,
          token_type: 'Bearer',
        }),
      },
      redirectURL: '',
      headersSize: -1,
      bodySize: -1,
    },
    cache: {},
    timings: { send: 0, wait: 1, receive: 0 },
  }
  return { log: { ...log, entries: [...log.entries, entry] } }
}

/** Lines as the journal has them, each broken by itself or left as it is. */
function journalText(chance, { log }, more) {
  const { report, labels } = log._authtap ?? {}
  const first = {
    schema: 'authtap.journal/1',
    tool: { name: 'authtap', version: '0.1.0' },
    targets: ['https://mcp.example/mcp'],
    startedAt: '2026-11-25T01:43:15.419Z',
    redacted: true,
  }
  const entries = log.entries.map((entry, at) => ({ id: String(at + 1), entry }))
  const call = { id: '900', like: String(entries.length), startedAt: 1, endedAt: 2, status: 200 }
  const lines = [
    first,
    ...entries,
    { labels: labels ?? {} },
    call,
    { finding: report?.findings?.[0] ?? {} },
    { withdrawn: 'f1' },
    { lost: 3 },
    ...(report === undefined ? [] : [{ report }]),
  ]
  const told = lines.map((line) =>
    chance.is(0.25) ? brokenJson(chance, line, more) : JSON.stringify(line),
  )
  const text = told.join('\n')
  return chance.is(0.4) ? brokenText(chance, text, more) : text
}
