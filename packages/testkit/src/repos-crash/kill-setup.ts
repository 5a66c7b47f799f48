import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { SessionEvent } from "@trunkline/contract";
import { isSurelyKept } from "./kept-setup.ts";
import { assertNothingLeft } from "./kill-task.ts";
import type { ReposBench } from "./repos-bench.ts";
import { bash, type RanTask, type SeedRun } from "./seed-run.ts";
import { FILES, git, makeSource, stateOf } from "./source.ts";
import { SETUP_MOMENTS } from "./stages.ts";

/** Files that the setup makes: all, or no model call. */
const INSTALLED = 300;

/** It fails on what another run has left, and names its workspace, as programs do. */
const SETUP = `
test ! -e deps || { echo "left by another run"; exit 9; }
mkdir deps
for part in 0 1 2; do
  for i in $(seq $((part * 100 + 1)) $((part * 100 + 100))); do echo "$PWD $i" > deps/$i; done
  sleep 0.1
done
`;

const LOOK = bash(
  'ls deps | wc -l; cat deps/* | grep -cF "$PWD "; git status --porcelain | wc -l; git ls-files | wc -l',
);

/** Sessions of one project, one after the other; the kill comes in the first, or in the one that takes over what that made. */
export async function killSetup(
  { server }: ReposBench,
  run: SeedRun,
  { source, seed }: { source: string; seed: number },
): Promise<string | null> {
  const moment = SETUP_MOMENTS[seed % SETUP_MOMENTS.length]!;
  await makeSource(source, { ".gitignore": "/deps\n", ".trunkline/setup": SETUP });
  const before = await stateOf(source);
  const { id: projectId } = await run.client.project.create.mutate({
    name: run.name,
    source: { kind: "directory", path: source },
  });
  const input = { prompt: LOOK, projectId };
  const first = await run.run(input, moment.name === "restore" ? undefined : moment);
  const second = await run.run(input, moment.name === "restore" ? moment : undefined);
  // Killed before it was kept, it is made anew, and then kept for a third.
  const isKept = isSurelyKept(first.log);
  const last = isKept ? second : await run.run(input);
  for (const ran of new Set([first, second, last])) await assertSetUp(run, ran);
  assert(isKept || first.attempts > 1, "nothing was kept, without a kill");
  assert(endOf(last).cached, `what was kept was not taken over: ${JSON.stringify(endOf(last))}`);
  await assertNothingLeft(server, projectId, ["mirror.git", "setups"]);
  await assertKeptWhole(join(server.dataDir, "projects", projectId, "setups"));
  assert.equal(await stateOf(source), before, "the source was changed");
  return first.attempts + second.attempts > 2 ? moment.name : null;
}

/** The model was asked in a workspace that its setup has filled, and only once that was said. */
async function assertSetUp({ client }: SeedRun, { sessionId, log, outputs }: RanTask): Promise<void> {
  assert.deepEqual(endOf({ log }).status, "succeeded");
  const asked = log.findIndex(({ type }) => type === "step.started");
  const ended = log.findIndex(({ type, data }) => type === "setup.ended" && data.status === "succeeded");
  assert(ended !== -1 && ended < asked, "the model was asked before the setup had ended");
  const [looked] = outputs;
  if (looked !== null) {
    const found = looked?.trim().split("\n");
    assert.deepEqual(found, [String(INSTALLED), String(INSTALLED), "0", String(FILES + 2)]);
  }
  const { session } = await client.session.get.query({ sessionId });
  assert.equal((await readdir(join(session.workspace, "deps"))).length, INSTALLED);
  await git(session.workspace, "fsck", "--no-dangling");
}

function endOf({ log }: Pick<RanTask, "log">): Extract<SessionEvent, { type: "setup.ended" }>["data"] {
  const ended = log.findLast((event) => event.type === "setup.ended");
  assert(ended?.type === "setup.ended", "no setup has ended");
  return ended.data;
}

/** What a save that was killed has left is a draft: its name begins with a dot, and nobody looks at it. */
async function assertKeptWhole(setups: string): Promise<void> {
  const kept = (await readdir(setups)).filter((name) => !name.startsWith("."));
  assert.equal(kept.length, 1, "one setup is kept");
  const directory = join(setups, kept[0]!);
  assert.deepEqual((await readdir(directory)).toSorted(), [
    "files.tar",
    "links",
    "mentions",
    "names",
    "workspace",
  ]);
  assert.equal((await readFile(join(directory, "mentions"))).toString().split("\0").length - 1, INSTALLED);
}
