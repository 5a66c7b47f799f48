/**
 * `pnpm crash:cluster [--tasks 300] [--sessions 60] [--subscribers 120] [--seconds 150] [--stopped 30] [--kills 3]
 * [--seed 1]`: three servers on one PostgreSQL. While tasks run, nodes are killed, one is suspended and resumed, and
 * PostgreSQL restarts after a crash. Then it checks that nothing was lost, duplicated, out of order or without an owner
 * for more than 15 s.
 */
import { parseArgs } from "node:util";
import { FakeProviderProcess } from "../fake-provider/fake-provider-process.ts";
import { seededRandom } from "../seeded-random.ts";
import type { Mishap } from "./chaos.ts";
import { Cluster } from "./cluster.ts";
import { runCluster } from "./run-cluster.ts";

const { values } = parseArgs({
  options: {
    tasks: { type: "string", default: "300" },
    sessions: { type: "string", default: "60" },
    subscribers: { type: "string", default: "120" },
    seconds: { type: "string", default: "150" },
    stopped: { type: "string", default: "30" },
    kills: { type: "string", default: "3" },
    seed: { type: "string", default: "1" },
    logs: { type: "string" },
  },
});
const sessions = Number(values.sessions);
const seed = Number(values.seed);
const random = seededRandom(seed + 1_000);
const mishaps = (["stop", "postgres", ...Array<Mishap>(Number(values.kills)).fill("kill")] as Mishap[])
  .map((mishap) => ({ mishap, place: random() }))
  .toSorted((a, b) => a.place - b.place)
  .map(({ mishap }) => mishap);

await using provider = await FakeProviderProcess.start();
await using cluster = await Cluster.start({
  // Any two nodes can run all sessions at once, so that waiting for a slot is not mistaken for missing an owner.
  env: { ...provider.serverEnv, TRUNKLINE_CONCURRENCY: String(sessions), TRUNKLINE_STREAMS_PER_USER: "1000" },
});
const startedAt = performance.now();
const seconds = (): string => `${((performance.now() - startedAt) / 1_000).toFixed(1)} s`;
try {
  const result = await runCluster(cluster, {
    tasks: Number(values.tasks),
    sessions,
    subscribers: Number(values.subscribers),
    seconds: Number(values.seconds),
    stoppedSeconds: Number(values.stopped),
    mishaps,
    seed,
    onMishap: (what) => process.stderr.write(`${seconds().padStart(8)}  ${what}\n`),
  });
  process.stdout.write(`
tasks acknowledged           ${result.acknowledged} in ${sessions} sessions; lost, doubled, out of order: 0
events received              ${result.received} by ${values.subscribers} subscribers, each equal to the log
attempts after the first     ${result.resumed}
late writes refused          ${result.refusedWrites}
longest without an owner     ${(result.atWork / 1_000).toFixed(1)} s
longest wait at its turn     ${(result.atTurn / 1_000).toFixed(1)} s
took                         ${seconds()}
`);
} finally {
  if (values.logs !== undefined) {
    const { writeFile } = await import("node:fs/promises");
    for (const [index, node] of cluster.nodes.entries()) {
      await writeFile(`${values.logs}-${index + 1}.log`, node.logs);
    }
    await writeFile(`${values.logs}-postgres.log`, cluster.postgres.logs);
  }
}
