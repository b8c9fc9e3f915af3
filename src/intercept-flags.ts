/** The flags that hold, change and break what passes: a part of the table of all flags. */
export const interceptFlags = [
  {
    name: 'change',
    group: 'intercept',
    value: 'CHANGE',
    repeat: true,
    help: 'change what passes: a filter, then places, such as "kind:server-metadata response.json/issuer=https://as.example"; = sets, += adds, - at the end removes',
  },
  {
    name: 'fault',
    group: 'intercept',
    value: 'NAME[:WHEN]',
    repeat: true,
    help: 'let something go wrong on purpose, such as metadata/issuer-with-slash:once; WHEN is once, always (default), after N or half; authtap explain fault lists them',
  },
  {
    name: 'hold',
    group: 'intercept',
    value: 'FILTER',
    repeat: true,
    help: 'hold what matches, such as "kind:token" or "kind:challenge status:401", until you let it go, change it, answer it or cut it in the terminal UI',
  },
  {
    name: 'hold-for',
    group: 'intercept',
    value: 'SECONDS',
    default: '120',
    help: 'let what is held go on unchanged after so long',
  },
] as const
