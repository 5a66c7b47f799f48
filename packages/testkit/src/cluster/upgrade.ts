/**
 * `pnpm upgrade:rolling --from DIRECTORY [--tasks 60] [--sessions 12] [--subscribers 24] [--seconds 90] [--seed 1]`: three servers of an
 * earlier version, a checkout of it with its packages installed, on one PostgreSQL. While tasks run and are followed, each is
 * replaced by this version. Then it checks that nothing was lost, doubled, out of order or failed, and that the earlier version refuses
 * to start on the newer tables.
 */
import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { FakeProviderProcess } from "../fake-provider/fake-provider-process.ts";
import { ServerFixture } from "../server-fixture.ts";
import { Cluster } from "./cluster.ts";
import { runCluster } from "./run-cluster.ts";

const { values } = parseArgs({
  options: {
    from: { type: "string" },
    tasks: { type: "string", default: "60" },
    sessions: { type: "string", default: "12" },
    subscribers: { type: "string", default: "24" },
    seconds: { type: "string", default: "90" },
    seed: { type: "string", default: "1" },
  },
});
if (values.from === undefined) throw new Error("--from takes the directory of an earlier version");
const main = join(resolve(values.from), "apps/server/bin/trunkline-server.mjs");

const startedAt = performance.now();
const seconds = (): string => `${((performance.now() - startedAt) / 1_000).toFixed(1)} s`;
await using provider = await FakeProviderProcess.start();
const env = {
  ...provider.serverEnv,
  TRUNKLINE_CONCURRENCY: values.sessions,
  TRUNKLINE_STREAMS_PER_USER: "1000",
};
await using cluster = await Cluster.start({ main, env });
const result = await runCluster(cluster, {
  tasks: Number(values.tasks),
  sessions: Number(values.sessions),
  subscribers: Number(values.subscribers),
  seconds: Number(values.seconds),
  stoppedSeconds: 0,
  mishaps: ["upgrade"],
  // The earlier version may have none.
  withSubagents: false,
  seed: Number(values.seed),
  onMishap: (what) => process.stderr.write(`${seconds().padStart(8)}  ${what}\n`),
});
assert.equal(result.completed, result.acknowledged, "not all tasks were completed");
await assert.rejects(async () => {
  await using older = await ServerFixture.start({
    main,
    databaseUrl: cluster.databaseUrl,
    env: { ...env, TRUNKLINE_SHARED_DIR: cluster.sharedDir, TRUNKLINE_NODE_NAME: "older" },
  });
  assert.fail(`the earlier version serves the newer tables at ${older.url}`);
}, /later version of Trunkline/);
process.stdout.write(`
tasks acknowledged        ${result.acknowledged} in ${values.sessions} sessions; lost, doubled, out of order, failed: 0
events received           ${result.received} by ${values.subscribers} subscribers, each equal to the log
attempts after the first  ${result.resumed}
late writes refused       ${result.refusedWrites}
longest without an owner  ${(result.atWork / 1_000).toFixed(1)} s
longest wait at its turn  ${(result.atTurn / 1_000).toFixed(1)} s
earlier version           refuses the newer tables
took                      ${seconds()}
`);
