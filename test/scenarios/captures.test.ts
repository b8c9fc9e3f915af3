import { readFileSync, readdirSync } from 'node:fs'
import { test } from 'vitest'
import { parseTranscript } from '../../src/core/transcript/transcript.ts'
import { expectHealthy, told } from './forms.ts'

const folder = new URL('../captures/', import.meta.url)
const transcripts = readdirSync(folder).filter((name) => name.endsWith('.txt'))

test.each(transcripts)('%s tells the same in every form', async (name) => {
  const exchanges = parseTranscript(readFileSync(new URL(name, folder), 'utf8'))
  const judged = await told(exchanges, [])
  const [live] = judged
  expectHealthy(judged, {
    logins: live!.report.flows.flatMap(({ outcome }) => (outcome === 'looked' ? [] : [outcome])),
  })
})
