import type { Token } from '../wire/jwt.ts'

/** How a token value is read: a redacted capture knows its labels' facts. */
export type ReadToken = (value: string) => Token
