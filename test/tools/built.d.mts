export function built(file: string): string
