import { fileURLToPath } from "node:url";
import { configDefaults, defineConfig } from "vitest/config";

// Most of what opening a store costs is compiling its thread's modules: once for the run, not once for each test.
process.env["NODE_COMPILE_CACHE"] ??= fileURLToPath(new URL("node_modules/.cache/compile", import.meta.url));

const tests = "{apps,packages,scripts,bench}/**/*.test.{ts,tsx}";
const integrationTests = "{apps,packages,bench}/**/*.int.test.ts";
/** Of what a whole server takes in memory and time: nothing else may run beside them. */
const measurements = [
  "apps/server/src/reliability/bounds.int.test.ts",
  "apps/server/src/reliability/queue-drain.int.test.ts",
  "bench/src/hostile/hostile.int.test.ts",
];
/** What holds on either engine, on PostgreSQL too: one for the whole run, a database for each server. */
const onPostgres = [
  "packages/testkit/src/contract/{access,curl-resume,procedures,streams}.int.test.ts",
  "packages/testkit/src/crash/crash.int.test.ts",
  "apps/server/src/agent/titles/session-titles.int.test.ts",
  "apps/server/src/auth/revocation.int.test.ts",
  "apps/server/src/http/last-event-id.int.test.ts",
  "apps/server/src/ops/disk-shares.int.test.ts",
  "apps/server/src/push/push.int.test.ts",
  "apps/server/src/services/{fork,tokens,users}.int.test.ts",
  "apps/server/src/usage/budgets.int.test.ts",
];
/** Slower, and less about the store: with TRUNKLINE_TEST_POSTGRES=all. */
const onPostgresToo = [
  "apps/server/src/approvals/{approvals,rules}.int.test.ts",
  "apps/server/src/agent/{acp/acp,subagents}.int.test.ts",
  "apps/server/src/http/blobs.int.test.ts",
  "apps/server/src/mcp/{elicitation,everything,authorization/authorization}.int.test.ts",
  "apps/server/src/reliability/{audit,kill-and-resume,sixty-steps,toxic-stream}.int.test.ts",
  "apps/server/src/services/{archived-work,publications}.int.test.ts",
  "apps/server/src/{network/network,setup/setup}.int.test.ts",
  "packages/testkit/src/contract/{admin-chains,generated-client}.int.test.ts",
];
/**
 * Units with a process of their own, because they are about processes: they start and watch some, measure or replace what
 * belongs to the whole process, or start PostgreSQL. The others leave their process as they found it, and a worker runs one
 * after the other: loading the modules costs more than most of these tests.
 */
const ownProcess = [
  "{apps,packages,bench}/**/*.pg.test.ts",
  "packages/testkit/**/*.test.ts",
  "scripts/**/*.test.ts",
  "apps/server/src/{tools,web}/**/*.test.ts",
  "apps/server/src/auth/secret.test.ts",
  "apps/server/src/store/sqlite/data-dir-lock.test.ts",
  "packages/client/src/{collected-answers,follow-session-abort}.test.ts",
];
/** Fails a file in which a server refused for a reason that the API does not declare. */
const setupFiles = ["packages/testkit/src/declared-reasons/setup.ts"];
const includesAll = process.env["TRUNKLINE_TEST_POSTGRES"] === "all";
const exclude = [...configDefaults.exclude, "**/.next/**", "**/dist/**"];

// Workspace packages resolve to their sources by their own `exports`. Programs are bundled, for the tests that start one.
export default defineConfig({
  test: {
    globalSetup: "packages/testkit/src/bundled.ts",
    environment: "node",
    // A process per file, but for some: most start workers, servers and process groups, and may not share them.
    pool: "forks",
    testTimeout: 300_000,
    hookTimeout: 300_000,
    teardownTimeout: 10_000,
    // A second, the default, is what a busy machine may take for one look. `vi.waitFor` has no such setting: it is told each time.
    expect: { poll: { timeout: 60_000 } },
    // One more than a machine of two cores needs where tests wait for each other: whole servers, real processes, clients.
    maxWorkers: 4,
    // By name: the longest files come first, so that no core is idle at the end.
    projects: [
      {
        extends: true,
        test: {
          name: "integration",
          include: [integrationTests],
          exclude: [...exclude, ...measurements],
          setupFiles,
        },
      },
      {
        extends: true,
        test: {
          name: "postgres",
          include: includesAll ? [...onPostgres, ...onPostgresToo] : onPostgres,
          exclude,
          env: {},
          setupFiles,
          globalSetup: "packages/testkit/src/postgres/server-for-run.ts",
        },
      },
      {
        extends: true,
        test: { name: "unit", include: ownProcess, exclude: [...exclude, integrationTests] },
      },
      {
        extends: true,
        test: {
          name: "unit-shared",
          include: [tests],
          exclude: [...exclude, integrationTests, ...ownProcess],
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: "measurements",
          include: measurements,
          exclude,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
