/**
 * `pnpm crash:repos --seeds 50 [--from 1] [--stage fetch]`: kills the real server in the stages of its work in
 * repositories, and checks that nothing half-made is used, no work is lost and the source stays as it was.
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
  },
});
const stages = STAGES.filter((stage) => values.stage === undefined || stage === values.stage);
if (stages.length === 0) throw new Error(`--stage takes ${STAGES.join(", ")}`);

const results: ReposSeedResult[] = [];
let failed = 0;
{
  await using bench = await ReposBench.start();
  const from = Number(values.from);
  for (let seed = from; seed < from + Number(values.seeds); seed++) {
    for (const stage of stages) {
      try {
        results.push(await runReposSeed(bench, { seed, stage }));
      } catch (error) {
        failed += 1;
        process.stderr.write(
          `seed ${seed}, ${stage}: ${error instanceof Error ? error.message : String(error)}\n`,
        );
        if (!bench.server.isRunning) await bench.server.restart();
      }
    }
  }
}
for (const stage of stages) {
  const all = results.filter((result) => result.stage === stage);
  const hits = Map.groupBy(all, ({ hit }) => hit ?? "too late");
  const where = Array.from(hits, ([hit, { length }]) => `${length} ${hit}`).join(", ");
  process.stdout.write(`${stage.padEnd(12)} ${all.length} seeds held: ${where}\n`);
}
process.stdout.write(`failed       ${failed}\n`);
process.exitCode = failed === 0 ? 0 : 1;
