import { describe, expect, test } from 'vitest'
import rule from '../../../rules/discovery/metadata-not-json.ts'
import { testExamples } from '../examples.ts'
import { run } from '../run.ts'
import { asm, challenge, get } from './searches.ts'

testExamples(rule, {
  bad: [
    {
      name: 'a bot check stands before the authorization server',
      http: `
        > GET https://as.example/.well-known/oauth-authorization-server

        < HTTP/1.1 200 OK
        < server: cloudflare
        < content-type: text/html

        <!DOCTYPE html><html><head><title>Just a moment...</title></head></html>`,
      expect: { variant: 'html-bot-check', fault: 'intermediary' },
    },
    {
      name: 'a later place has the document, so only some clients stop',
      http: `
        > GET https://as.example/.well-known/oauth-authorization-server

        < HTTP/1.1 200 OK
        < content-type: application/json

        {"issuer":"https://as.example",

        > GET https://as.example/.well-known/openid-configuration

        < HTTP/1.1 200 OK
        < content-type: application/json

        {"issuer":"https://as.example"}`,
      expect: { variant: 'malformed-json', severity: 'warning', fault: 'authorization-server' },
    },
    {
      name: 'the document is encoded twice',
      http: `
        > GET https://as.example/.well-known/oauth-authorization-server

        < HTTP/1.1 200 OK
        < content-type: application/json

        "{\\"issuer\\":\\"https://as.example\\"}"`,
      expect: { variant: 'not-an-object' },
    },
  ],
})

describe('metadata that is no JSON', () => {
  test.each([
    ['another status', get(asm, '< HTTP/1.1 404 Not Found\n\n<html></html>')],
    [
      'a body that is still arriving',
      get(asm, '< HTTP/1.1 200 OK\n\n{"issuer"', '# incomplete open\n'),
    ],
    ['HEAD', `> HEAD ${asm}\n\n< HTTP/1.1 200 OK\n< content-type: text/html`],
    ['304', get(asm, '< HTTP/1.1 304 Not Modified')],
  ])('is not judged by %s', (_, http) => {
    expect(run(rule, http).outcome).toBe('silent')
  })

  test('cannot be judged where the capture does not hold the body', () => {
    expect(run(rule, get(asm, '< HTTP/1.1 200 OK', '# response-dropped=900\n')).outcome).toBe(
      'blind',
    )
  })

  test.each([
    ['empty', '', 'error'],
    ['not-an-object', '[]', 'error'],
    ['malformed-json', 'issuer: https://as.example', 'error'],
    ['html-login', '<!doctype html><form><input type="password"></form>', 'error'],
    ['byte-order-mark', '\ufeff{"issuer":"https://as.example"}', 'warning'],
  ])('is told as %s', (variant, body, severity) => {
    expect(run(rule, get(asm, `< HTTP/1.1 200 OK\n\n${body}`)).findings).toMatchObject([
      { variant, severity, fault: 'authorization-server' },
    ])
  })

  test('on the MCP server’s own origin is the MCP server’s when it lists no other', () => {
    const http =
      challenge('Bearer') +
      get(
        'https://mcp.example/.well-known/oauth-authorization-server',
        '< HTTP/1.1 200 OK\n\n<html></html>',
      )
    expect(run(rule, http).findings).toMatchObject([{ fault: 'resource-server' }])
  })
})
