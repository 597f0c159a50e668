import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/support/environment.ts'],
    // Two cores are the machine this project plans for; every test file starts threads of its own.
    maxWorkers: 2,
    pool: 'forks',
    // Only for what hangs: on a busy machine fifty threads, one after the other, take their time.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // Tests import the built package by its name, as users do: Node loads it, Vite does not transform it.
    server: { deps: { external: [/\/dist\//] } },
  },
});
