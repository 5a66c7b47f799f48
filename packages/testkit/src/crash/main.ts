/**
 * `pnpm crash --seeds 200 [--from 1] [--jobs 2] [--engine sqlite|postgres]`: repeatedly kills the real server in the
 * middle of real work, and checks from another process that nothing acknowledged is lost, duplicated or left behind.
 */
import { parseArgs } from "node:util";
import { FakeProviderProcess } from "../fake-provider/fake-provider-process.ts";
import { PostgresServer } from "../postgres/postgres-server.ts";
import { ServerFixture } from "../server-fixture.ts";
import { runSeed, type SeedResult } from "./run-seed.ts";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "200" },
    from: { type: "string", default: "1" },
    jobs: { type: "string", default: "2" },
    engine: { type: "string", default: "sqlite" },
  },
});
if (!["sqlite", "postgres"].includes(values.engine)) throw new Error("--engine takes sqlite or postgres");
const seeds = Number(values.seeds);
const from = Number(values.from);

const results: SeedResult[] = [];
const failures: { seed: number; error: unknown }[] = [];
const startedAt = performance.now();

await using provider = await FakeProviderProcess.start();
await using postgres = values.engine === "postgres" ? await PostgresServer.start() : undefined;
let next = from;
async function work(): Promise<void> {
  while (next < from + seeds) {
    const seed = next++;
    try {
      await using server = await ServerFixture.start({
        env: provider.serverEnv,
        databaseUrl: await postgres?.createDatabase(),
      });
      results.push(await runSeed(server, seed));
    } catch (error) {
      failures.push({ seed, error });
      process.stderr.write(`seed ${seed}: ${error instanceof Error ? error.message : String(error)}\n`);
    }
    if (process.stderr.isTTY) process.stderr.write(`\r${results.length + failures.length}/${seeds} seeds`);
  }
}
await Promise.all(Array.from({ length: Number(values.jobs) }, work));

const sum = (pick: (result: SeedResult) => number): number =>
  results.reduce((total, result) => total + pick(result), 0);
const recoveries = results.flatMap((result) => result.recoveryMs).toSorted((a, b) => a - b);
const at = (share: number): string =>
  (recoveries[Math.floor((recoveries.length - 1) * share)] ?? 0).toFixed(0);

process.stdout.write(`
seeds                    ${results.length + failures.length}, of which failed: ${failures.length}
kills (-9)               ${sum((result) => result.kills)}
acknowledged tasks       ${sum((result) => result.acknowledged)}, lost: ${failures.length === 0 ? 0 : "see above"}
events received          ${sum((result) => result.events)}
kill to running again    median ${at(0.5)} ms, worst ${at(1)} ms
took                     ${((performance.now() - startedAt) / 1_000).toFixed(0)} s
`);
process.exitCode = failures.length === 0 ? 0 : 1;
