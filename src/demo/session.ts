import { isJson, send, Stopped } from './web.ts'
import { parseObject } from './listener.ts'

const revision = '2025-11-25'

type Message = Record<string, unknown>

/** What a call came to: the JSON-RPC result, or the answer with which the server asked for authorization. */
export type Outcome = { readonly result: Message } | { readonly unauthorized: Response }

/** The client's side of one MCP session over Streamable HTTP. */
export class McpSession {
  readonly #url: string
  #id: string | undefined
  #version: string | undefined
  #calls = 0
  /** Sent with every request once it is there. */
  token: string | undefined

  constructor(url: string) {
    this.#url = url
  }

  async initialize(): Promise<Outcome> {
    const outcome = await this.#call('initialize', {
      protocolVersion: revision,
      capabilities: {},
      clientInfo: { name: 'authtap-demo-client', version: '1.0.0' },
    })
    if ('result' in outcome) {
      this.#version = String(outcome.result['protocolVersion'])
      const noted = await this.#post({ jsonrpc: '2.0', method: 'notifications/initialized' })
      await noted.body?.cancel()
    }
    return outcome
  }

  listTools(): Promise<Outcome> {
    return this.#call('tools/list', {})
  }

  callTool(name: string, given: Message): Promise<Outcome> {
    return this.#call('tools/call', { name, arguments: given })
  }

  async close(): Promise<void> {
    if (this.#id === undefined) return
    const response = await send(this.#url, { method: 'DELETE', headers: this.#headers() })
    await response.body?.cancel()
  }

  async #call(method: string, params: Message): Promise<Outcome> {
    const id = ++this.#calls
    const response = await this.#post({ jsonrpc: '2.0', id, method, params })
    if (response.status === 401) return { unauthorized: response }
    const message = parseObject(
      isJson(response) ? await response.text() : lastEvent(await response.text()),
    )
    const result = response.ok && message?.['id'] === id ? message['result'] : undefined
    if (typeof result === 'object' && result !== null) return { result: result as Message }
    throw new Stopped(
      `the server answered ${method} with status ${response.status} and without a result`,
    )
  }

  async #post(message: Message): Promise<Response> {
    const response = await send(this.#url, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        Accept: 'application/json, text/event-stream',
        ...this.#headers(),
      },
      body: JSON.stringify(message),
    })
    this.#id = response.headers.get('mcp-session-id') ?? this.#id
    return response
  }

  #headers(): Record<string, string> {
    return {
      ...(this.token !== undefined && { Authorization: `Bearer ${this.token}` }),
      ...(this.#id !== undefined && { 'MCP-Session-Id': this.#id }),
      ...(this.#version !== undefined && { 'MCP-Protocol-Version': this.#version }),
    }
  }
}

/** The data of an event stream's last event. */
function lastEvent(stream: string): string {
  const line = stream.split(/\r\n|\n|\r/).findLast((candidate) => candidate.startsWith('data:'))
  return line === undefined ? '' : line.slice('data:'.length).trim()
}
