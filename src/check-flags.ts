/** The flags of `authtap check` alone: a part of the table of all flags. */
export const checkFlags = [
  {
    name: 'login',
    group: 'check',
    help: 'also log in through your browser, use the token, renew it and give it back',
  },
  {
    name: 'print-url',
    group: 'check',
    help: 'with --login: print the address of the login page and open no browser',
  },
  {
    name: 'client-credentials',
    group: 'check',
    help: 'also log in as a machine, without a browser; needs --client-id, and --client-secret or --client-key',
  },
  { name: 'client-id', group: 'check', value: 'ID', help: 'log in as this client' },
  {
    name: 'client-secret',
    group: 'check',
    value: 'SECRET',
    help: 'its secret (also: AUTHTAP_CLIENT_SECRET, which other users of this machine cannot see)',
  },
  {
    name: 'client-key',
    group: 'check',
    value: 'FILE',
    help: 'its private key (PEM or JWK), for private_key_jwt',
  },
  {
    name: 'client-metadata',
    group: 'check',
    value: 'URL',
    help: 'log in as the client that this document describes; its redirect_uris must have http://127.0.0.1/callback',
  },
  {
    name: 'register',
    group: 'check',
    help: 'register a client even where one is given; without one it is registered anyway',
  },
  {
    name: 'scope',
    group: 'check',
    value: 'SCOPE',
    help: 'ask for this scope in place of the one that the server names',
  },
  {
    name: 'watch',
    group: 'check',
    help: 'look again whenever you press Enter, and by itself every minute, and tell what changed',
  },
  {
    name: 'header',
    group: 'check',
    value: 'FIELD',
    repeat: true,
    help: 'send this header field with every call to the MCP server, such as "X-Tenant: acme"',
  },
] as const
