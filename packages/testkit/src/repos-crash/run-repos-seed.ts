import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { createClient } from "@trunkline/client";
import { SessionLedger } from "../crash/ledger.ts";
import { submitForSure } from "../crash/workload.ts";
import { assertLogHolds } from "../event-log-checkers.ts";
import { readLog } from "../read-log.ts";
import { seededRandom } from "../seeded-random.ts";
import type { ServerFixture } from "../server-fixture.ts";
import { withDeadline } from "../wait-for.ts";
import { FILES, git, makeSource } from "./source.ts";
import { opens, type Stage } from "./stages.ts";

/** After the stage's beginning the kill comes within this time, in ms; a stage takes a part of it. */
const KILL_WITHIN_MS = 400;

/** Files that a step writes, and that a revert removes: all or none. */
const MADE = 200;

export interface ReposSeedResult {
  stage: Stage;
  killedAfterMs: number;
  /** Attempts of the task. */
  attempts: number;
}

const bash = (command: string): string => `tool: bash ${JSON.stringify({ command })}`;

/** The first step says what it found, the second commits, the third leaves its work uncommitted. */
const PROMPT = [
  bash(
    "git status --porcelain | wc -l; git rev-parse 'HEAD^{tree}'; git ls-files | wc -l; git fsck --no-dangling 2>&1 | grep -v ^notice; true",
  ),
  bash(
    "test -e one.txt || { echo one > one.txt; git add one.txt; git commit -qm one; }; git log --format=%s | head -1",
  ),
  bash(`mkdir -p made; for i in $(seq ${MADE}); do echo $i > made/$i; done; ls made | wc -l`),
].join("\n");

/**
 * One seed: a session of a new project, whose server is killed (-9) in a stage of its work and started again. Throws if
 * anything half-made was used, or if work was lost.
 * @param directory below TRUNKLINE_PROJECT_ROOTS.
 */
export async function runReposSeed(
  server: ServerFixture,
  { seed, stage, directory }: { seed: number; stage: Stage; directory: string },
): Promise<ReposSeedResult> {
  const killedAfterMs = seededRandom(seed)() * KILL_WITHIN_MS;
  const source = join(directory, `seed-${seed}-${stage}`);
  const tree = await makeSource(source);
  const before = await stateOf(source);
  const client = createClient({ url: server.url, token: server.token });
  const controller = new AbortController();
  const { signal } = controller;
  const project = await client.project.create.mutate({
    name: `seed-${seed}-${stage}`,
    source: { kind: "directory", path: source },
  });
  let killing: Promise<void> | undefined;
  const kill = async (): Promise<void> => {
    await delay(killedAfterMs);
    await server.kill();
    await server.restart();
  };
  const where = { projectId: project.id, idempotencyKey: `repos-${seed}-${stage}` };
  const { sessionId, taskId } = await submitForSure(client, { prompt: PROMPT, ...where }, signal);
  const ledger = new SessionLedger(sessionId);
  const following = ledger.follow(client, signal, () => {
    if (stage === "revert" || killing !== undefined) return;
    if (ledger.received.some((event) => opens(stage, event))) killing = kill();
  });
  try {
    await withDeadline("the task to end", ledger.whenEnded(new Set([taskId])), { timeoutMs: 90_000 });
    await killing;
    const log = await readLog(client, sessionId);
    assertLogHolds(log);
    const end = log.find((event) => event.taskId === taskId && event.type === "task.completed");
    assert(end !== undefined, `the task ended otherwise: ${JSON.stringify(log.at(-1))}`);
    const outputs = log.flatMap((event) => (event.type === "tool.ended" ? [event.data] : []));
    assert.equal(outputs.length, 3, "each call has ended once");
    const [looked, committed, made] = outputs.map(({ status, output }) =>
      status === "succeeded" ? output : null,
    );
    const { session } = await client.session.get.query({ sessionId });
    await git(session.workspace, "fsck", "--no-dangling");
    // A call that the kill cut off is not repeated; what others did is there.
    if (looked !== null) {
      assert.deepEqual(
        looked?.split("\n").slice(0, 3),
        ["0", tree, String(FILES)],
        "the clone was not whole",
      );
    }
    assert.equal(await git(session.workspace, "show", "origin/main:src/d0/f0.txt"), "0\n".repeat(20).trim());
    if (committed !== null) assert.equal(await git(session.workspace, "log", "--format=%s", "-1"), "one");
    if (made !== null) assert.equal((await readdir(join(session.workspace, "made"))).length, MADE);
    if (stage === "revert") await killRevert(server, client, sessionId, kill);
    await assertNothingLeft(server, project.id);
    assert.equal(await stateOf(source), before, "the source was changed");
    const attempts = log.filter(({ taskId: of, type }) => of === taskId && type === "task.started").length;
    return { stage, killedAfterMs, attempts };
  } finally {
    controller.abort();
    await Promise.allSettled([following, killing]);
  }
}

/** Whatever the kill hit: all of the files are there, or none; and what was acknowledged holds. */
async function killRevert(
  server: ServerFixture,
  client: ReturnType<typeof createClient>,
  sessionId: string,
  kill: () => Promise<void>,
): Promise<void> {
  const { items } = await client.session.checkpoints.query({ sessionId });
  const first = items.at(-1);
  assert(first !== undefined, "there are checkpoints");
  const killing = kill();
  const isAcknowledged = await client.session.revert.mutate({ sessionId, toSeq: first.seq }).then(
    () => true,
    () => false,
  );
  await killing;
  const prompt = bash("ls made 2>/dev/null | wc -l; git status --porcelain | grep -c made");
  const { taskId } = await client.task.submit.mutate({ prompt, sessionId });
  const controller = new AbortController();
  const ledger = new SessionLedger(sessionId);
  const following = ledger.follow(client, controller.signal, () => undefined);
  await withDeadline("the next task to end", ledger.whenEnded(new Set([taskId])), { timeoutMs: 60_000 });
  controller.abort();
  await Promise.allSettled([following]);
  const ended = ledger.received.findLast((event) => event.type === "tool.ended");
  const count = ended?.type === "tool.ended" ? ended.data.output.split("\n")[0] : undefined;
  assert(
    (isAcknowledged ? ["0"] : ["0", String(MADE)]).includes(count ?? ""),
    `${count} files after a revert`,
  );
  const log = await readLog(client, sessionId);
  assertLogHolds(log);
  const reverted = log.some(({ type }) => type === "workspace.reverted");
  assert.equal(reverted, count === "0", "the log says what happened to the files");
}

/** Nothing half-made stays once everything has ended. */
async function assertNothingLeft({ dataDir }: ServerFixture, projectId: string): Promise<void> {
  const preparing = await readdir(join(dataDir, "workspaces", ".preparing")).catch(() => []);
  assert.deepEqual(preparing, [], "workspaces half-made");
  const project = await readdir(join(dataDir, "projects", projectId));
  assert.deepEqual(project, ["mirror.git"], "fetches half-made");
  await git(join(dataDir, "projects", projectId, "mirror.git"), "fsck", "--no-dangling");
}

async function stateOf(source: string): Promise<string> {
  const parts = await Promise.all([
    git(source, "status", "--porcelain", "--branch"),
    git(source, "for-each-ref"),
    git(source, "rev-parse", "HEAD"),
  ]);
  return parts.join("\n");
}
