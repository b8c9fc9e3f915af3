/** The flags that bring clients from elsewhere: a part of the table of all flags. */
export const publicFlags = [
  {
    name: 'public',
    group: 'proxy',
    value: '[ORIGIN=]NAME',
    repeat: true,
    help: 'the https name by which a tunnel makes the MCP server known to hosted clients, or with ORIGIN= that of an authorization server',
  },
  {
    name: 'paths',
    group: 'proxy',
    help: 'with --public and one tunnel only: put each further server under a path of that name (/~1, /~2, …)',
  },
  {
    name: 'keep-forwarded',
    group: 'proxy',
    help: 'pass on the fields that a tunnel adds to requests (X-Forwarded-For, CF-Ray, …)',
  },
  {
    name: 'from',
    group: 'proxy',
    value: 'WHO',
    repeat: true,
    help: 'with --public: let in only these addresses, as in 203.0.113.0/24, or claude, or a file such as https://openai.com/chatgpt-connectors.json',
  },
  {
    name: 'from-field',
    group: 'proxy',
    value: 'FIELD',
    help: 'the field in which the tunnel says where a request comes from, such as CF-Connecting-IP (default: the last entry of X-Forwarded-For)',
  },
] as const
