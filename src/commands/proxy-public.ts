import { UserError } from '../errors.ts'
import type { PublicOptions } from '../tap/public-names.ts'
import type { Listening } from '../tap/reverse.ts'
import type { Options } from '../shell/arguments.ts'
import { readRanges } from './proxy-sources.ts'

/** Undefined where nobody comes from elsewhere. Throws UserError where a flag needs a name and there is none. */
export async function publicOptions(options: Options): Promise<PublicOptions | undefined> {
  const names = options.list('public')
  const idle = ['paths', 'keep-forwarded', 'from', 'from-field'].find((flag) => options.has(flag))
  if (names.length === 0 && idle !== undefined)
    throw new UserError(
      'EUSAGE',
      `--${idle} is for clients that come by a public name.`,
      'Give that name, as in --public https://abc.example.com.',
    )
  if (names.length === 0) return undefined
  return {
    names,
    paths: options.has('paths'),
    keepForwarded: options.has('keep-forwarded'),
    from: await readRanges(options.list('from')),
    fromField: options.text('from-field'),
  }
}

/** What a person has to know who lets clients in from elsewhere. */
export function publicLines({ publicUrls, urls }: Listening): string[] {
  if (publicUrls.length === 0) return []
  return [
    ...publicUrls.map(
      ({ url, upstream }) =>
        `Hosted clients  ${url}  for  ${upstream}, once a tunnel leads from there to ${localOrigin(urls, upstream)}`,
    ),
    ...publicUrls
      .filter(({ url }) => new URL(url).port !== '')
      .map(({ url }) => `  claude.ai connects to port 443 alone, and so not to ${url}.`),
    '  claude.ai     Settings, Connectors, Add custom connector: that URL',
    '  ChatGPT       Settings, Apps, Advanced settings, Developer mode, then Create: that URL, Authentication OAuth',
    'Whoever knows that name can reach the MCP server through it, as if directly. Nothing else of this machine answers there: only the MCP endpoint and what the servers name. End authtap or the tunnel when you have seen enough.',
  ]
}

function localOrigin(urls: Listening['urls'], upstream: string): string {
  return new URL(urls.find((one) => one.upstream === upstream)!.url).origin
}
