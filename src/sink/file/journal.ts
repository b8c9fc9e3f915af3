import { appendFile, closeSync, fstatSync, openSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { makeFolder } from '../../folder.ts'

/** A file that text is added to. Each throws or rejects as the system does. */
export interface JournalFile {
  /** The system has the text when this returns: whatever ends the process then does not take it along. */
  write(text: string): void
  /** The same, without holding anybody up meanwhile. */
  append(text: string): Promise<void>
  /** Somebody removed the file: what is written goes nowhere. */
  removed(): boolean
  close(): void
}

/** Makes a journal file that is ours alone; never one that somebody else put there. The folder comes about as needed. */
export function openJournalFile(path: string): JournalFile {
  makeFolder(dirname(path))
  return journalFile(openSync(path, 'ax', 0o600))
}

/** The journal file of an open descriptor. */
export function journalFile(descriptor: number): JournalFile {
  return {
    write(text) {
      const bytes = Buffer.from(text)
      for (let sent = 0; sent < bytes.length;) sent += writeSync(descriptor, bytes, sent)
    },
    append: (text) =>
      new Promise((resolve, reject) => {
        appendFile(descriptor, text, (error) => (error === null ? resolve() : reject(error)))
      }),
    removed: () => fstatSync(descriptor).nlink === 0,
    close: () => closeSync(descriptor),
  }
}
