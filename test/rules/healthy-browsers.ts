import * as flow from './whole-flow.ts'

const { healthy } = flow

/** The authorization request as the browser's own record shows it, with its answer. */
function shown(answer: string, request = flow.authorize()): string {
  return `${request.replace('# handed-over client=browser', '# client=browser')}
${answer}
`
}

const url = /GET (.+)/.exec(flow.authorize())![1]!
const page = `< HTTP/1.1 200 OK
< content-type: text/html

<title>Allow this client?</title><form method="post"><button>Allow</button></form>`
const back = `< HTTP/1.1 302 Found
< location: ${/GET (.+)/.exec(healthy.callback)![1]!}`

function consent(action: string): string {
  return `
# client=browser
> POST ${action}
> content-type: application/x-www-form-urlencoded

csrf=1f2e3d&decision=allow

${back}
`
}

/** What servers send that allow credentials to everybody, as the middleware of Starlette does. */
const anyPage = `< access-control-allow-origin: *
< access-control-allow-credentials: true
< access-control-expose-headers: WWW-Authenticate, Mcp-Session-Id`

/** Logins in which nothing is wrong, recorded in a browser as well. */
export const browsers = {
  'whose page of consent posts to the authorization endpoint': flow.flowWith({
    authorize: shown(page) + consent(`${flow.issuer}/authorize`),
  }),
  'whose page of consent posts to the URL it was shown at': flow.flowWith({
    authorize: shown(page) + consent(url),
  }),
  'of a client in a page, at a server that allows credentials to everybody': flow
    .flowWith()
    .replaceAll(
      /^> (?:GET|POST) (?!.*authorize|http:).*$/gm,
      '$&\n> origin: https://app.example\n> sec-fetch-site: cross-site',
    )
    .replaceAll(/^< HTTP.*$/gm, `$&\n${anyPage}`),
}
