import { join } from "node:path";
import { seededRandom } from "../seeded-random.ts";
import { killPush } from "./kill-push.ts";
import { killRevert } from "./kill-revert.ts";
import { killSetup } from "./kill-setup.ts";
import { killTask } from "./kill-task.ts";
import type { ReposBench } from "./repos-bench.ts";
import { SeedRun } from "./seed-run.ts";
import type { Stage } from "./stages.ts";

export interface ReposSeedResult {
  stage: Stage;
  killedAfterMs: number;
  /** What the kill left done; null: it came too late. */
  hit: string | null;
}

/**
 * One seed: a session of a new project, whose server is killed (-9) in a stage of its work and started again. Throws if
 * anything half-made was used, or if work was lost.
 */
export async function runReposSeed(
  bench: ReposBench,
  { seed, stage }: { seed: number; stage: Stage },
): Promise<ReposSeedResult> {
  const name = `seed-${seed}-${stage}`;
  const run = new SeedRun(bench, name, seededRandom(seed));
  const source = join(bench.directory, name);
  const hit = await kill(bench, run, { seed, stage, source });
  return { stage, killedAfterMs: run.killedAfterMs, hit };
}

async function kill(
  bench: ReposBench,
  run: SeedRun,
  { seed, stage, source }: { seed: number; stage: Stage; source: string },
): Promise<string | null> {
  switch (stage) {
    case "setup":
      return killSetup(bench, run, { source, seed });
    case "revert":
      return killRevert(bench, run, { source, seed });
    case "push":
      return killPush(bench, run, { source, seed });
    default:
      return (await killTask(bench, run, { source, stage })).attempts > 1 ? "in the task" : null;
  }
}
