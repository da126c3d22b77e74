import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/house/quiet.ts'],
    // Node itself loads tests and sources, types stripped: module hooks must see what they lower.
    experimental: { viteModuleRunner: false, nodeLoader: false },
    // A process for each file: struct() declares a name once per process.
    pool: 'forks',
    isolate: true,
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // A test that was left out, or a file without any, must not look like a pass.
    allowOnly: false,
    passWithNoTests: false,
    reporters: ['minimal'],
  },
});
