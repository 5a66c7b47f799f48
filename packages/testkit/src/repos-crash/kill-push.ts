import assert from "node:assert/strict";
import { join } from "node:path";
import { readLog } from "../read-log.ts";
import { assertLogHolds } from "../event-log-checkers.ts";
import { fileSign } from "./file-sign.ts";
import { assertWorked, MADE, WORK } from "./kill-task.ts";
import type { Hosted, ReposBench } from "./repos-bench.ts";
import type { SeedRun } from "./seed-run.ts";
import { git, makeSource } from "./source.ts";
import { CALL_KILLED_WITHIN_MS } from "./stages.ts";

/** What a session is pushed to. */
interface Target {
  origin: string;
  url: string;
  /** Null: a bare repository, with nobody to ask for a request. */
  hosted: Hosted | null;
}

/**
 * Killed while it commits, packs, pushes (to a bare repository over file://, or over http to a forge) and opens a request:
 * called again, all of the work is in one branch, and one request is open.
 */
export async function killPush(
  { server, directory, hosted }: ReposBench,
  run: SeedRun,
  { source, seed }: { source: string; seed: number },
): Promise<string | null> {
  const { client } = run;
  const tree = await makeSource(source);
  const target = await makeTarget(source, seed % 2 === 0 ? null : hosted, directory);
  const { origin } = target;
  const main = await git(origin, "rev-parse", "main");
  const project = await client.project.create.mutate({
    name: run.name,
    source: { kind: "git", url: target.url },
  });
  if (target.hosted !== null) {
    await client.project.setCredential.mutate({
      projectId: project.id,
      credential: { kind: "token", secret: target.hosted.token },
    });
  }
  const ran = await run.run({ prompt: WORK, projectId: project.id });
  await assertWorked(run, ran, tree);
  const { sessionId } = ran;
  const publish = async () =>
    client.session.publish.mutate({ sessionId, kind: target.hosted === null ? "branch" : "pull-request" });
  const call = publish().catch(() => null);
  const killing = run.kill(CALL_KILLED_WITHIN_MS, signOf(server.dataDir, sessionId, seed, call));
  const acknowledged = await call;
  await killing;
  const reached = await stateOfPublication(target, run, sessionId);
  const again = await publish();
  if (acknowledged !== null) assert.deepEqual(again, acknowledged);
  const { session } = await client.session.get.query({ sessionId });
  assert.equal(again.branch, session.branch);
  await assertPublished(target, { main, branch: again.branch, commit: again.commit, sessionId });
  assert.equal(await git(session.workspace, "rev-parse", "HEAD"), again.commit);
  assert.equal(await git(session.workspace, "status", "--porcelain"), "", "the workspace is in order");
  const log = await readLog(client, sessionId);
  assertLogHolds(log);
  assert.equal(log.filter(({ type }) => type === "session.published").length, 1, "said once");
  await git(join(server.dataDir, "publications", `${sessionId}.git`), "fsck", "--no-dangling");
  return acknowledged === null ? reached : null;
}

/** How far the publication has come: called, about to commit, packing, pushing. */
async function signOf(
  dataDir: string,
  sessionId: string,
  seed: number,
  call: Promise<unknown>,
): Promise<void> {
  const publications = join(dataDir, "publications");
  const own = join(publications, `${sessionId}.git`);
  const signs = [
    null,
    [publications, `${sessionId}.git`],
    [own, "incoming-"],
    [join(own, "refs", "trunkline", "pushed"), ""],
  ] as const;
  // By pairs: each of them to a forge, and to a bare repository.
  const sign = signs[Math.floor(seed / 2) % signs.length];
  if (sign) await fileSign(sign[0], sign[1], call);
}

/** With `main` as the source has it. */
async function makeTarget(source: string, hosted: Hosted | null, directory: string): Promise<Target> {
  const origin = hosted?.origin ?? `${source}.git`;
  if (hosted === null) await git(directory, "init", "-q", "--bare", "-b", "main", origin);
  await git(source, "push", "-q", "--force", `file://${origin}`, "main");
  return { origin, url: hosted?.url ?? `file://${origin}`, hosted };
}

/** How far it came. */
async function stateOfPublication(
  { origin, hosted }: Target,
  { client }: SeedRun,
  sessionId: string,
): Promise<string> {
  const { session } = await client.session.get.query({ sessionId });
  const subject = await git(session.workspace, "log", "-1", "--format=%s");
  const pushed = await git(origin, "for-each-ref", `refs/heads/${session.branch}`);
  const isRequested = hosted?.forge.state.requests.some(({ branch }) => branch === session.branch) === true;
  const log = await readLog(client, sessionId);
  if (log.some(({ type }) => type === "session.published")) return "said";
  if (isRequested) return "requested";
  if (pushed !== "") return "pushed";
  return subject === "one" ? "not committed" : "committed";
}

async function assertPublished(
  { origin, hosted }: Target,
  { main, branch, commit, sessionId }: { main: string; branch: string; commit: string; sessionId: string },
): Promise<void> {
  await git(origin, "fsck", "--no-dangling");
  assert.equal(await git(origin, "rev-parse", "main"), main, "main was changed");
  const heads = await git(origin, "for-each-ref", "--format=%(refname:short) %(objectname)");
  const holding = await git(origin, "for-each-ref", `--contains=${commit}`, "--format=%(refname:short)");
  assert.equal(holding, branch, `the work is in one branch: ${heads}`);
  if (hosted === null) assert.equal(heads.split("\n").length, 2, "no other branch was made");
  const subjects = await git(origin, "log", "--format=%s %(trailers:only,unfold)", `${main}..${commit}`);
  const lines = subjects.split("\n").filter((line) => line !== "");
  assert.equal(lines.length, 2, `the agent's commit and one of what it had not committed: ${subjects}`);
  assert.match(lines[0]!, new RegExp(`Trunkline-Session: ${sessionId}`));
  assert.equal(lines[1]!.trim(), "one");
  const made = await git(origin, "ls-tree", "--name-only", `${commit}:made`);
  assert.equal(made.split("\n").length, MADE, "all of the work");
  if (hosted === null) return;
  const { state, problems } = hosted.forge;
  assert.deepEqual(problems, []);
  const requests = state.requests.filter((request) => request.branch === branch);
  assert.deepEqual(
    requests.map((request) => [request.commit, request.base, request.state]),
    [[commit, "main", "open"]],
    "one request",
  );
}
