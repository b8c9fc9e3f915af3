import { fileURLToPath } from 'node:url'
import { configDefaults, defineConfig } from 'vitest/config'

/** Tests of what is read and told: none changes what is loaded, so that it is loaded once for all of them. */
const functions = ['core', 'rules', 'sink', 'tui/model', 'tui/view'].map(
  (folder) => `test/${folder}/**/*.test.ts`,
)

const shared = {
  root: fileURLToPath(new URL('..', import.meta.url)),
  setupFiles: ['test/setup.ts'],
  testTimeout: 60_000,
  hookTimeout: 60_000,
}

export default defineConfig({
  test: {
    root: shared.root,
    globalSetup: ['test/global-setup.ts'],
    maxWorkers: 2,
    projects: [
      { test: { ...shared, name: 'functions', include: functions, isolate: false } },
      {
        test: {
          ...shared,
          name: 'programs',
          include: ['test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...functions],
        },
      },
    ],
  },
})
