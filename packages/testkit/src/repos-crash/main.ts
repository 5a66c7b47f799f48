/**
 * `pnpm crash:repos --seeds 50 [--from 1] [--stage fetch] [--servers 1]`: kills the real server in the stages of its work in
 * repositories, and checks that nothing half-made is used, no work is lost and the source stays as it was. A seed waits more
 * than it works, so several servers, each with its own seeds, are sooner done.
 */
import { parseArgs } from "node:util";
import { ReposBench } from "./repos-bench.ts";
import { type ReposSeedResult, runReposSeed } from "./run-repos-seed.ts";
import { STAGES } from "./stages.ts";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "50" },
    from: { type: "string", default: "1" },
    stage: { type: "string" },
    servers: { type: "string", default: "1" },
  },
});
const stages = STAGES.filter((stage) => values.stage === undefined || stage === values.stage);
if (stages.length === 0) throw new Error(`--stage takes ${STAGES.join(", ")}`);

/** The kill came after what it was meant for. */
const TOO_LATE = "too late";

const results: ReposSeedResult[] = [];
let failed = 0;
const from = Number(values.from);
const due = Array.from({ length: Number(values.seeds) }, (_, index) =>
  stages.map((stage) => ({ stage, seed: from + index })),
).flat();

async function runDue(): Promise<void> {
  await using bench = await ReposBench.start();
  for (let next = due.shift(); next !== undefined; next = due.shift()) {
    const { seed, stage } = next;
    try {
      const result = await runReposSeed(bench, next);
      results.push(result);
      process.stdout.write(`seed ${seed}, ${stage}: held, ${result.hit ?? TOO_LATE}\n`);
    } catch (error) {
      failed += 1;
      process.stderr.write(
        `seed ${seed}, ${stage}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
      );
      if (!bench.server.isRunning) await bench.server.restart();
    }
  }
}

await Promise.all(Array.from({ length: Number(values.servers) }, runDue));
for (const stage of stages) {
  const all = results.filter((result) => result.stage === stage);
  const hits = Map.groupBy(all, ({ hit }) => hit ?? TOO_LATE);
  const where = Array.from(hits, ([hit, { length }]) => `${length} ${hit}`).join(", ");
  process.stdout.write(`${stage.padEnd(12)} ${all.length} seeds held: ${where}\n`);
}
process.stdout.write(`failed       ${failed}\n`);
process.exitCode = failed === 0 ? 0 : 1;
