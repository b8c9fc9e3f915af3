/** Where the servers of hosted clients call from, as their makers publish it. */
interface Published {
  readonly ranges: readonly string[]
  readonly source: string
  readonly date: string
}

export const publishedAddresses: Readonly<Record<string, Published>> = {
  claude: {
    ranges: ['160.79.104.0/21'],
    source: 'https://platform.claude.com/docs/en/api/ip-addresses, Outbound IP addresses',
    date: '2026-11-30',
  },
}

/** Makers whose list changes too often to be kept here: where it is, in the form of `--from FILE`. */
export const publishedLists: Readonly<Record<string, string>> = {
  chatgpt: 'https://openai.com/chatgpt-connectors.json',
}
