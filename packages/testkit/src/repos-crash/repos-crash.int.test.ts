import { afterAll, beforeAll, expect, it } from "vitest";
import { ReposBench } from "./repos-bench.ts";
import { runReposSeed } from "./run-repos-seed.ts";
import type { Stage } from "./stages.ts";

let bench: ReposBench;

beforeAll(async () => {
  bench = await ReposBench.start();
});

afterAll(async () => bench[Symbol.asyncDispose]());

/**
 * One seed of `pnpm crash:repos` for each stage that no other test kills: `fetch-killed.int.test.ts` does so in a fetch, and
 * the checkpoints' `killed.int.test.ts` in a checkpoint and a revert. Of a setup: while its result is kept. Of a push: to a
 * bare repository.
 */
const RUNS: { stage: Stage; seed: number }[] = [
  { stage: "clone", seed: 1 },
  { stage: "setup", seed: 4 },
  { stage: "push", seed: 2 },
];

it.each(RUNS)(
  "a kill during $stage, seed $seed: nothing half-made is used, no work is lost, the source stays as it was",
  async ({ stage, seed }) => {
    expect(await runReposSeed(bench, { seed, stage })).toMatchObject({ stage });
  },
);
