import { configDefaults, defineConfig } from "vitest/config";

const tests = "{apps,packages,scripts,bench}/**/*.test.{ts,tsx}";
const integrationTests = "{apps,packages,bench}/**/*.int.test.ts";
const exclude = [...configDefaults.exclude, "**/.next/**", "**/dist/**"];

// Workspace packages resolve to their sources by their own `exports`: nothing is built for a test.
export default defineConfig({
  test: {
    environment: "node",
    // A process per file: tests here start workers, servers and process groups, and may not share them.
    pool: "forks",
    testTimeout: 30_000,
    hookTimeout: 30_000,
    teardownTimeout: 10_000,
    projects: [
      { extends: true, test: { name: "unit", include: [tests], exclude: [...exclude, integrationTests] } },
      // Whole servers, real processes, many clients: one file at a time, so that they measure themselves.
      {
        extends: true,
        test: {
          name: "integration",
          include: [integrationTests],
          exclude,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
