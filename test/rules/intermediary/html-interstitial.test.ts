import rule from '../../../rules/intermediary/html-interstitial.ts'
import { testExamples } from '../examples.ts'

const call = (answer: string, fields = '') => `
          > POST https://mcp.example/mcp
          > content-type: application/json${fields}

          {"jsonrpc":"2.0","id":1,"method":"initialize"}

          < HTTP/1.1 ${answer}`
const token = '\n          > authorization: Bearer ${secret at_}'
const metadata = (answer: string) => `
          > GET https://mcp.example/.well-known/oauth-protected-resource/mcp

          < HTTP/1.1 ${answer}`
const found = `

          {"resource":"https://mcp.example/mcp"}`

testExamples(rule, {
  good: [
    {
      name: 'a page of the application that has a captcha on it',
      http: metadata(`200 OK
          < cf-ray: 1-FRA
          < content-type: text/html

          <html><title>Shop</title><script src="/captcha.js"></script></html>`),
    },
    {
      name: 'an application behind no edge that denies access',
      http: metadata(`200 OK
          < content-type: text/html

          <html><title>Access denied</title></html>`),
    },
    {
      name: 'a redirect of the endpoint to its other spelling',
      http: call(`307 Temporary Redirect
          < location: /mcp/`),
    },
  ],
  bad: [
    ...[
      `404 Not Found
          < ngrok-error-code: ERR_NGROK_3200
          < content-type: text/html

          <!DOCTYPE html><html><title>offline</title></html>`,
      `502 Bad Gateway
          < ngrok-error-code: ERR_NGROK_8012
          < content-type: text/html

          <!DOCTYPE html><html><title>no upstream</title></html>`,
      `200 OK
          < ngrok-error-code: ERR_NGROK_6024
          < content-type: text/html

          <!DOCTYPE html><html><title>warning</title></html>`,
      `524 A Timeout Occurred
          < server: cloudflare
          < content-type: text/plain

          error code: 524`,
      `200 OK
          < content-type: text/html

          <!DOCTYPE html><html><h1>You are about to connect to a developer tunnel</h1></html>`,
      `511 Network Authentication Required
          < content-type: text/html

          <html><h1>Tunnel Password</h1></html>`,
    ].map((answer) => ({
      name: `what a tunnel answers by itself: ${answer.split('\n', 1)[0]}`,
      http: metadata(answer),
      expect: { variant: 'tunnel', severity: 'error', fault: 'intermediary' } as const,
    })),
    {
      name: 'a call with a token is sent to a sign-in page',
      http: call(
        `302 Found
          < location: https://mcp.example/oauth2/start?rd=%2Fmcp`,
        token,
      ),
      expect: { variant: 'sign-in', severity: 'error' },
    },
    {
      name: 'the endpoint stands behind Cloudflare Access',
      http: call(`302 Found
          < location: https://team.cloudflareaccess.com/cdn-cgi/access/login/mcp.example`),
      expect: { variant: 'sign-in', severity: 'error' },
    },
    {
      name: 'a bot check, and the document all the same',
      http:
        metadata(`403 Forbidden
          < cf-mitigated: challenge
          < content-type: text/html

          <html><title>Just a moment...</title></html>
`) + metadata(`200 OK${found}`),
      expect: { variant: 'bot-check', severity: 'warning' },
    },
    {
      name: 'a call is refused by CloudFront',
      http: call(
        `403 Forbidden
          < server: CloudFront
          < content-type: text/html

          <HTML><TITLE>ERROR: The request could not be satisfied</TITLE><H1>403 ERROR</H1></HTML>`,
        token,
      ),
      expect: { variant: 'blocked', severity: 'error' },
    },
    {
      name: 'the warning of a tunnel',
      http: call(`200 OK
          < ngrok-error-code: ERR_NGROK_6024
          < content-type: text/html

          <!DOCTYPE html><html><title>You are about to visit</title></html>`),
      expect: { variant: 'tunnel', severity: 'error' },
    },
  ],
})
