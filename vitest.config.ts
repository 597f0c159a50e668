import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/support/environment.ts'],
    // Two cores are the machine this project plans for; every test file starts threads of its own.
    maxWorkers: 2,
    pool: 'forks',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Tests import the built package by its name, as users do: Node loads it, Vite does not transform it.
    server: { deps: { external: [/\/dist\//] } },
  },
});
