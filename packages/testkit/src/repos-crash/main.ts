/**
 * `pnpm crash:repos --seeds 50 [--from 1] [--stage fetch]`: kills the real server in the stages of its work in
 * repositories, and checks that nothing half-made is used, no work is lost and the source stays as it was.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { FakeProviderProcess } from "../fake-provider/fake-provider-process.ts";
import { ServerFixture } from "../server-fixture.ts";
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

const directory = await mkdtemp(join(tmpdir(), "trunkline-crash-repos-"));
const results: ReposSeedResult[] = [];
let failed = 0;
try {
  await using provider = await FakeProviderProcess.start();
  await using server = await ServerFixture.start({
    env: { ...provider.serverEnv, TRUNKLINE_PROJECT_ROOTS: directory },
  });
  const from = Number(values.from);
  for (let seed = from; seed < from + Number(values.seeds); seed++) {
    for (const stage of stages) {
      try {
        results.push(await runReposSeed(server, { seed, stage, directory }));
      } catch (error) {
        failed += 1;
        process.stderr.write(
          `seed ${seed}, ${stage}: ${error instanceof Error ? error.message : String(error)}\n`,
        );
        if (!server.isRunning) await server.restart();
      }
    }
  }
} finally {
  await rm(directory, { recursive: true, force: true });
}
for (const stage of stages) {
  const all = results.filter((result) => result.stage === stage);
  const hit = all.filter(({ attempts }) => attempts > 1).length;
  process.stdout.write(`${stage.padEnd(12)} ${all.length} seeds held, ${hit} with a second attempt\n`);
}
process.stdout.write(`failed       ${failed}\n`);
process.exitCode = failed === 0 ? 0 : 1;
