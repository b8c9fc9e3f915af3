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
] as const
