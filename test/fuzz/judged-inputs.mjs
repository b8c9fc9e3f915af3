import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { WebSocketServer } from 'ws'
import { brokenJson, brokenText } from './breaking.mjs'
import { captureText } from './captures.mjs'
import { filterText } from './filters.mjs'
import { liveMessages } from './live-messages.mjs'
import { found, standing } from './secrets.mjs'

const reports = ['md', 'html', 'mermaid', 'har', 'sarif', 'junit', 'curl', 'json']

/** A capture file and what is done with it. */
export function fileInput(chance, secrets) {
  const texts = Array.from({ length: chance.is(0.2) ? 2 : 1 }, () => captureText(chance, secrets))
  const command =
    texts.length === 2 && chance.is(0.5)
      ? 'diff'
      : chance.pick(['analyze', 'report', 'report', 'redact'])
  const formats = {
    analyze: ['text', 'json', 'ndjson'],
    report: reports,
    diff: ['text', 'json', 'md', 'html'],
  }[command]
  const format = formats === undefined ? [] : ['--format', chance.pick(formats)]
  return { texts: command === 'redact' ? texts.slice(0, 1) : texts, command, flags: format }
}

/** Resolves with what is wrong, a sentence each. */
export async function judgeFile(judge, { texts, command, flags }, secrets) {
  const output = join(judge.folder, 'output')
  writeFileSync(output, '')
  const paths = texts.map((text, at) => {
    const path = join(judge.folder, `capture-${at}`)
    writeFileSync(path, text)
    return path
  })
  judge.printed = ''
  const { code, bug } = await judge.ask({ command, args: [...paths, ...flags, '--output', output] })
  // Glued to other letters and seen nowhere else, nobody can tell it.
  const told = standing(texts.join('\n'), secrets)
  return wrongs(judge, { code, bug, text: readFileSync(output, 'utf8') }, told)
}

function wrongs(judge, { code, bug, text }, secrets) {
  const told = bug === undefined && code === 70 ? ['it exits with 70'] : []
  const leaks = [...found(text, secrets), ...found(judge.printed, secrets)]
  const own = /.*(?:his is a bug in authtap|Warning: ).*/.exec(judge.printed)
  return [
    ...(bug === undefined ? [] : [bug]),
    ...told,
    ...(own === null ? [] : [own[0]]),
    ...(leaks.length === 0 ? [] : [`it lets out ${leaks.join(', ')}`]),
  ]
}

/** What a proxy elsewhere tells somebody who is attached. */
export function liveInput(chance, secrets) {
  const more = Object.values(secrets)
  const texts = liveMessages(secrets).flatMap((message) => {
    if (chance.is(0.2)) return []
    const text = chance.is(0.5) ? JSON.stringify(message) : brokenJson(chance, message, more)
    return chance.is(0.1) ? [text, brokenText(chance, text, more)] : [text]
  })
  return {
    texts,
    binary: chance.is(0.05),
    format: chance.pick(['text', 'ndjson', 'json']),
    ends: chance.is(0.2),
  }
}

export async function judgeLive(judge, { texts, binary, format, ends }, secrets) {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  await once(server, 'listening')
  const output = join(judge.folder, 'output')
  writeFileSync(output, '')
  server.on('connection', (socket) => {
    socket.on('error', () => undefined)
    for (const text of texts) socket.send(text, { binary })
    // Whoever answers a ping has read what came before it.
    if (ends) socket.close(1001)
    else socket.ping()
    socket.once('pong', () => judge.tellEnd())
    if (ends) void pause(20).then(() => judge.tellEnd())
  })
  judge.printed = ''
  const args = [
    `ws://127.0.0.1:${server.address().port}`,
    '--format',
    format,
    '--output',
    output,
    '--har',
    `${output}.har`,
  ]
  const { code, bug } = await judge.ask({ command: 'attach', args })
  server.close()
  for (const socket of server.clients) socket.terminate()
  return wrongs(judge, { code, bug, text: readFileSync(output, 'utf8') }, secrets)
}

export function filterInput(chance, secrets) {
  const text = filterText(chance)
  return { filter: chance.is(0.5) ? brokenText(chance, text, Object.values(secrets)) : text }
}

export async function judgeFilter(judge, { filter }) {
  const { code, bug } = await judge.ask({ filter })
  return bug === undefined ? (code === 70 ? ['it is neither a filter nor refused'] : []) : [bug]
}
