import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { ServerFixture } from "../server-fixture.ts";
import type { ReposBench } from "./repos-bench.ts";
import { bash, type RanTask, type SeedRun } from "./seed-run.ts";
import { FILES, git, makeSource, stateOf } from "./source.ts";
import { MOMENTS } from "./stages.ts";

/** Files that a step writes, and that a revert removes: all or none. */
export const MADE = 200;

/** The first step says what it found, the second commits, the third leaves its work uncommitted. */
export const WORK = [
  bash(
    "git status --porcelain | wc -l; git rev-parse 'HEAD^{tree}'; git ls-files | wc -l; git fsck --no-dangling 2>&1 | grep -v ^notice; true",
  ),
  bash(
    "test -e one.txt || { echo one > one.txt; git add one.txt; git commit -qm one; }; git log --format=%s | head -1",
  ),
  bash(`mkdir -p made; for i in $(seq ${MADE}); do echo $i > made/$i; done; ls made | wc -l`),
].join("\n");

/** A task in a project of a directory, killed in a stage of its own, if in any. */
export async function killTask(
  { server }: ReposBench,
  run: SeedRun,
  { source, stage }: { source: string; stage?: keyof typeof MOMENTS },
): Promise<RanTask> {
  const tree = await makeSource(source);
  const before = await stateOf(source);
  const project = await run.client.project.create.mutate({
    name: run.name,
    source: { kind: "directory", path: source },
  });
  const ran = await run.run({ prompt: WORK, projectId: project.id }, stage && MOMENTS[stage]);
  await assertWorked(run, ran, tree);
  await assertNothingLeft(server, project.id, ["mirror.git"]);
  assert.equal(await stateOf(source), before, "the source was changed");
  return ran;
}

/** The clone was whole, and what its steps did is there. @param tree of the base */
export async function assertWorked(
  { client }: SeedRun,
  { sessionId, outputs }: RanTask,
  tree: string,
): Promise<void> {
  assert.equal(outputs.length, 3, "each call has ended once");
  const [looked, committed, made] = outputs;
  const { session } = await client.session.get.query({ sessionId });
  await git(session.workspace, "fsck", "--no-dangling");
  if (looked !== null) {
    assert.deepEqual(looked?.split("\n").slice(0, 3), ["0", tree, String(FILES)], "the clone was not whole");
  }
  assert.equal(await git(session.workspace, "show", "origin/main:src/d0/f0.txt"), "0\n".repeat(20).trim());
  if (committed !== null) assert.equal(await git(session.workspace, "log", "--format=%s", "-1"), "one");
  if (made !== null) assert.equal((await readdir(join(session.workspace, "made"))).length, MADE);
}

/** Nothing half-made stays once everything has ended. @param kept what a project has */
export async function assertNothingLeft(
  { dataDir }: ServerFixture,
  projectId: string,
  kept: readonly string[],
): Promise<void> {
  const preparing = await readdir(join(dataDir, "workspaces", ".preparing")).catch(() => []);
  assert.deepEqual(preparing, [], "workspaces half-made");
  const project = await readdir(join(dataDir, "projects", projectId));
  assert.deepEqual(project.toSorted(), kept, "fetches half-made");
  await git(join(dataDir, "projects", projectId, "mirror.git"), "fsck", "--no-dangling");
}
