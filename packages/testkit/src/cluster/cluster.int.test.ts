import { expect, it } from "vitest";
import { FakeProviderProcess } from "../fake-provider/fake-provider-process.ts";
import { Cluster } from "./cluster.ts";
import { runCluster } from "./run-cluster.ts";

/**
 * A short `pnpm crash:cluster`: a node is suspended for longer than its lease, another is killed meanwhile, PostgreSQL
 * crashes.
 */
it("three nodes: nothing acknowledged is lost, doubled, out of order or left alone", async () => {
  await using provider = await FakeProviderProcess.start();
  await using cluster = await Cluster.start({ env: provider.serverEnv });
  const result = await runCluster(cluster, {
    tasks: 18,
    sessions: 6,
    subscribers: 12,
    seconds: 20,
    stoppedSeconds: 12,
    mishaps: ["stop", "postgres"],
    seed: 1,
    maxSilenceMs: 60_000,
    onMishap: () => undefined,
  });
  expect(result.acknowledged).toBe(18);
  expect(result.resumed).toBeGreaterThan(0);
}, 600_000);
