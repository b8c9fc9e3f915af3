/** Authorization requests whose client id is the URL of a metadata document, and that document. */

export const id = 'https://app.example/client.json'

export const asks = (clientId = id, answer = '< HTTP/1.1 200 OK') => `
          > GET https://as.example/authorize?response_type=code&client_id=${encodeURIComponent(clientId)}&redirect_uri=http%3A%2F%2F127.0.0.1%3A1%2Fcb&state=s

          ${answer}
`

export const server = (flag: string) => `
          > GET https://as.example/.well-known/oauth-authorization-server

          < HTTP/1.1 200 OK

          {"issuer":"https://as.example","registration_endpoint":"https://as.example/register"${flag}}
`

export const flag = ',"client_id_metadata_document_supported":true'

export const served = (answer: string) => `
          > GET ${id}

          ${answer}
`

export const document = (members: string) =>
  served(`< HTTP/1.1 200 OK\n\n          {"client_id":"${id}","client_name":"app"${members}}`)

export const uris = ',"redirect_uris":["http://127.0.0.1/cb"]'
