const words = [
  ...[
    'method:post',
    'status:4xx',
    'status:>=400',
    'status:400-499',
    'status:none',
    'kind:token',
    'host:example',
    'path:/mcp',
  ],
  ...[
    'flow:w1',
    'finding:any',
    'rule:token/',
    'sev:>=warning',
    'fault:client',
    'since:5m',
    'h:www-authenticate',
    'body:invalid',
  ],
  ...[
    'jwt.aud:example',
    'jwt.exp:<now',
    'jwt.realm.roles:x',
    'jwt.:',
    'jwt.__proto__:x',
    'jwt.constructor.name:x',
    'jwt.a..b:1',
  ],
  ...[
    'token',
    '"a b"',
    '"',
    '!',
    '!!x',
    'https://x/y',
    'since:-1m',
    'since:1e9d',
    'status:>',
    'sev:>',
    ':x',
    'x:',
    'kind:,',
    ',',
  ],
]

/** A filter as somebody types it. */
export function filterText(chance) {
  return Array.from(
    { length: 1 + chance.few(20) },
    () => (chance.is(0.2) ? '!' : '') + chance.pick(words),
  ).join(' ')
}
