/** What other tools have as commands, and how to get it here. */
export const elsewhere: Readonly<Record<string, string>> = {
  capture: 'authtap MCP-URL records every session by itself',
  convert: 'authtap report FILE --format har converts captures',
  export: 'authtap report FILE --format md exports a report',
  inspect: 'authtap analyze FILE shows what is in a capture',
  list: 'authtap sessions lists the recorded sessions',
  open: 'authtap analyze FILE opens a capture',
  proxy: 'authtap MCP-URL starts the proxy',
  record: 'authtap MCP-URL records every session by itself; authtap sessions lists them',
  replay: 'authtap analyze FILE judges a capture again; R in the terminal UI sends a request again',
  run: 'authtap MCP-URL starts the proxy',
  show: 'authtap sessions show @last shows a recorded session',
  start: 'authtap MCP-URL starts the proxy',
  test: 'authtap rules test DIR runs the examples of rules of your own',
  view: 'authtap analyze FILE shows what is in a capture',
  watch: 'authtap MCP-URL watches a login live',
}
