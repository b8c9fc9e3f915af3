import rule from '../../../rules/discovery/metadata-not-json.ts'
import { testExamples } from '../examples.ts'

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
