/** Values that may be in nothing that authtap prints or writes. Put together here, so that no file holds a token. */
const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'

/** @param chance tells one run's values from another's */
export function plant(chance) {
  const made = (prefix, length) => prefix + chance.text(length, letters)
  return {
    access: made(['gho', ''].join('_'), 36),
    refresh: made(['ghr', ''].join('_'), 36),
    client: made(['GOCSPX', ''].join('-'), 28),
    session: made(['sk', 'live', ''].join('_'), 32),
  }
}

/** Which of the secrets a text holds, as they are, in base64 and escaped twice over. */
export function found(text, secrets) {
  return Object.entries(secrets).flatMap(([name, value]) => {
    const spellings = [value, Buffer.from(value).toString('base64url'), encodeURIComponent(value)]
    return spellings.some((spelling) => text.includes(spelling)) ? [name] : []
  })
}

/** Those that stand in a text by themselves at least once. */
export function standing(text, secrets) {
  const stands = ([, value]) => new RegExp(`(?<![\\w-])${value}(?![\\w-])`).test(text)
  return Object.fromEntries(Object.entries(secrets).filter(stands))
}
