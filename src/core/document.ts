export type JsonObject = { readonly [name: string]: unknown }

/** What a JSON document turned out to be: the object, or why there is none. */
export type JsonDocument =
  | { readonly kind: 'object'; readonly value: JsonObject }
  | { readonly kind: 'empty' | 'not-json' | 'not-an-object' | 'unread' }
