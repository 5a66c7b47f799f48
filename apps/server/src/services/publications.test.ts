import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Project, TrunklineError } from "@trunkline/contract";
import { GitOverHttp, hasHttpBackend, StandInForge } from "@trunkline/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CredentialVault } from "../projects/credential-vault.ts";
import { Remotes } from "../projects/remote.ts";
import { createPublisher } from "../publish/publisher.ts";
import { git as gitAsUser } from "../git/testing/repositories.ts";
import { type PublishBench, publishBenches } from "../publish/testing/publish-bench.ts";
import {
  alice,
  bob,
  isTerminalEventOf,
  openScriptedServer,
  type ScriptedServer,
  untilAborted,
} from "../runner/testing/scripted-server.ts";
import { withoutWorkspaces } from "./testing/published-session.ts";
import { createPublicationService, type PublicationServiceDeps } from "./publications.ts";

const openPublishBench = publishBenches();

const TOKEN = "s3cret-token-0123456789";
const PROJECT = "01900000-0000-7000-8000-0000000000aa";

/** One host for git and one for the forge's API, as forges have them; a real store, and a session per test. */
let bench: PublishBench;
let server: ScriptedServer;
let host: GitOverHttp;
let forge: StandInForge;
let deps: PublicationServiceDeps;
let publications: ReturnType<typeof createPublicationService>;
const hasHost = hasHttpBackend();

beforeAll(async () => {
  if (!hasHost) return;
  bench = await openPublishBench();
  const { dataDir } = bench.test;
  await mkdir(join(dataDir, "git-host", "octo"), { recursive: true });
  await symlink(bench.origin, join(dataDir, "git-host", "octo", "demo.git"));
  host = await GitOverHttp.start({
    directory: join(dataDir, "git-host"),
    username: "x-access-token",
    password: TOKEN,
  });
  forge = await StandInForge.start({
    kind: "github",
    repository: "octo/demo",
    token: TOKEN,
    head: async (branch) =>
      (await bench.inOrigin("for-each-ref", "--format=%(objectname)", `refs/heads/${branch}`)) || null,
  });
  await mkdir(join(dataDir, "server"));
  server = await openScriptedServer(
    join(dataDir, "server"),
    new Map([["long", async ({ signal }) => untilAborted(signal)]]),
  );
  const { store, log, core } = server;
  const vault = new CredentialVault({ sharedDir: dataDir, keyFile: undefined });
  const project: Project = {
    id: PROJECT,
    ownerId: alice.userId,
    name: "demo",
    source: { kind: "git", url: `${host.url}/octo/demo.git` },
    baseRef: null,
    setup: null,
    network: "off",
    allowedHosts: [],
    environment: [],
    instructions: null,
    shared: false,
    credential: null,
    lastFetch: null,
    createdAt: 1,
    updatedAt: 1,
  };
  const entry = (action: string) =>
    core.audit.entry({ by: alice, action, target: PROJECT, decision: "allowed" });
  await store.projects.create(project, entry("project.create"));
  const sealed = await vault.seal(PROJECT, { kind: "token", secret: TOKEN });
  await store.projects.putCredential(
    { projectId: PROJECT, kind: "token", sealed, updatedAt: 1 },
    entry("project.setCredential"),
  );
  const remotes = new Remotes({
    store: store.projects,
    vault,
    protocols: ["http"],
    findRoute: async () => null,
    dataDir,
  });
  deps = {
    requireRoom: () => undefined,
    store,
    log,
    audit: core.audit,
    publisher: createPublisher({
      git: bench.test.git,
      sharedDir: dataDir,
      forges: [`${new URL(host.url).host}=github:${forge.api}`],
    }),
    openRemote: async (repository) => remotes.open(repository),
    tasks: core.services.tasks,
    dataDir: join(dataDir, "server"),
    mirrorOf: () => bench.work.mirror,
    signal: new AbortController().signal,
    checkpoints: core.checkpoints,
    ...withoutWorkspaces,
  };
  publications = createPublicationService(deps);
});
afterAll(async () => {
  if (!hasHost) return;
  await server.close();
  await forge[Symbol.asyncDispose]();
  await host[Symbol.asyncDispose]();
  await bench[Symbol.asyncDispose]();
});

/** A session of the project, as it is after its first task, with a change in its clone. */
async function changedSession(title: string, by = alice) {
  const session = await server.sessions.create(by, { title, projectId: PROJECT });
  const { id, workspace } = session;
  await gitAsUser(bench.test.dataDir, "clone", "-q", "--shared", bench.work.mirror, workspace);
  await gitAsUser(workspace, "switch", "-qc", session.branch ?? "");
  await server.log.append(id, [
    {
      taskId: null,
      type: "workspace.prepared",
      data: {
        kind: "clone",
        projectId: PROJECT,
        branch: session.branch ?? "",
        baseRef: "main",
        baseCommit: bench.work.baseCommit,
      },
    },
  ]);
  await writeFile(join(workspace, `${title}.txt`), "changed\n");
  const events = async (type: "session.published" | "task.submitted") =>
    Array.fromAsync(server.store.events.ofTypes(id, [type]));
  return { sessionId: id, workspace, branch: session.branch ?? "", events };
}

test("a pull request: pushed with the token, opened once, said once", async ({ skip }) => {
  skip(!hasHost, "git has no http-backend");
  const { sessionId, branch, events } = await changedSession("one");
  const input = { sessionId, kind: "pull-request", title: "Fix: one", body: "Why" } as const;
  const published = await publications.publish(alice, input);
  expect(published).toMatchObject({ kind: "pull-request", branch, url: expect.stringContaining("/pull/") });
  expect(await bench.inOrigin("rev-parse", branch)).toBe(published.commit);
  const [request] = forge.state.requests.filter((one) => one.branch === branch);
  expect(request).toMatchObject({ title: "Fix: one", body: "Why", base: "main", commit: published.commit });
  expect(await publications.publish(alice, input)).toEqual(published);
  expect(forge.state.requests.filter((one) => one.branch === branch)).toHaveLength(1);
  expect((await events("session.published")).map(({ data }) => data)).toEqual([
    { kind: "pull-request", branch, url: published.url, commit: published.commit, number: request?.number },
  ]);
  expect(forge.problems).toEqual([]);
  const trail = await server.store.audit.page({ action: "session.publish", limit: 10 });
  expect(trail.map(({ target, detail }) => [target, detail])).toEqual([
    [sessionId, "pull-request"],
    [sessionId, "pull-request"],
  ]);
  // Neither in the session's own files nor in what is kept of it.
  const seen = JSON.stringify(await server.log.read(sessionId, { limit: 100 })) + JSON.stringify(trail);
  expect(seen).not.toContain(TOKEN);
  expect(await readFile(join(bench.publications, `${sessionId}.git`, "config"), "utf8")).not.toContain(TOKEN);
});

test("comments and failed checks come back as one task, once, as they were seen, and taint the session", async ({
  skip,
}) => {
  skip(!hasHost, "git has no http-backend");
  const { sessionId, events } = await changedSession("two");
  expect(await publications.publication(alice, { sessionId })).toMatchObject({
    published: null,
    request: null,
    feedback: null,
  });
  await publications.publish(alice, { sessionId, kind: "pull-request" });
  expect((await publications.publication(alice, { sessionId })).feedback).toBeNull();
  forge.checked({ name: "lint", state: "passed" }, { name: "test", state: "failed", summary: "2 failed" });
  forge.commented({ author: "ada", text: "Off by one", path: "two.txt", line: 1 });
  const seen = await publications.publication(alice, { sessionId });
  expect(seen.request).toMatchObject({ state: "open", title: "two" });
  expect(seen.checks.map(({ name, state }) => [name, state])).toEqual([
    ["lint", "passed"],
    ["test", "failed"],
  ]);
  expect(seen.feedback?.prompt).toContain('Comment by "ada" on "two.txt", line 1:\n> Off by one');
  expect(seen.feedback?.items).toBe(2);
  forge.commented({ author: "bob", text: "One more thing" });
  const digest = seen.feedback?.digest ?? "";
  await expect(publications.bringBack(alice, { sessionId, digest })).rejects.toMatchObject({
    reason: "feedback_changed",
  });
  const now = (await publications.publication(alice, { sessionId })).feedback;
  // In two tabs at once.
  const notes = ["Only the first one, please", "All of them"];
  const outcomes = await Promise.allSettled(
    notes.map(async (note) => publications.bringBack(alice, { sessionId, digest: now?.digest ?? "", note })),
  );
  const brought = outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
  const refused = outcomes.flatMap((outcome) =>
    outcome.status === "rejected" ? [outcome.reason as unknown] : [],
  );
  expect(refused).toMatchObject([{ reason: "feedback_changed" }]);
  const [prompt] = brought.map(({ task }) => task.prompt);
  expect(notes.map((note) => `${note}\n\n${now?.prompt}`)).toContain(prompt);
  const [submitted, ...more] = await events("task.submitted");
  expect(more).toEqual([]);
  expect(submitted?.data).toMatchObject({ broughtBack: { url: seen.request?.url, items: { length: 3 } } });
  expect((await publications.publication(alice, { sessionId })).feedback).toBeNull();
  forge.state.requests.at(-1)!.state = "merged";
  expect((await publications.publication(alice, { sessionId })).request?.state).toBe("merged");
  expect(forge.problems).toEqual([]);
});

test("pushed, and killed before it was said: the next publish says so, once", async ({ skip }) => {
  skip(!hasHost, "git has no http-backend");
  const { sessionId, branch, events } = await changedSession("three");
  const { log } = server;
  const append = log.append.bind(log);
  log.append = async () => {
    throw new Error("killed");
  };
  await expect(publications.publish(alice, { sessionId, kind: "branch" })).rejects.toThrow("killed");
  log.append = append;
  const pushed = await bench.inOrigin("rev-parse", branch);
  expect(await events("session.published")).toEqual([]);
  expect(await publications.publish(alice, { sessionId, kind: "branch" })).toEqual({
    kind: "branch",
    branch,
    url: null,
    commit: pushed,
  });
  expect(await events("session.published")).toHaveLength(1);
});

test("not into a project that is no longer shared by the time it is its turn", async ({ skip }) => {
  skip(!hasHost, "git has no http-backend");
  const { store, core } = server;
  const project = (await store.projects.find(PROJECT))!;
  const share = async (shared: boolean) =>
    store.projects.update(
      PROJECT,
      { ...project, shared },
      core.audit.entry({ by: alice, action: "project.update", target: PROJECT, decision: "allowed" }),
    );
  await share(true);
  const { sessionId, branch } = await changedSession("shared", bob);
  const { promise: isWaiting, resolve: waits } = Promise.withResolvers<void>();
  const { promise: turn, resolve: begin } = Promise.withResolvers<void>();
  const { publisher } = bench;
  const waiting = createPublicationService({
    ...deps,
    publisher: {
      ...publisher,
      // As behind another publish of the same session.
      async toRemote(...args) {
        waits();
        await turn;
        return publisher.toRemote(...args);
      },
    },
  });
  const published = waiting.publish(bob, { sessionId, kind: "branch", unshown: true });
  await isWaiting;
  await share(false);
  begin();
  await expect(published).rejects.toMatchObject({ reason: "not_found" });
  expect(await bench.inOrigin("for-each-ref", `refs/heads/${branch}`)).toBe("");
});

test("not while a task works, but as a patch; not by others; not as what the project can't be", async ({
  skip,
}) => {
  skip(!hasHost, "git has no http-backend");
  const { sessionId } = await changedSession("four");
  const task = await server.submit("long", sessionId);
  await server.until(sessionId, ({ type }) => type === "task.started");
  await expect(publications.publish(alice, { sessionId, kind: "branch" })).rejects.toMatchObject({
    reason: "session_busy",
  });
  const patch = await publications.publish(alice, { sessionId, kind: "patch" });
  expect(patch.url).toBe(`/api/sessions/${sessionId}/patch`);
  const { name, content } = await publications.openPatch(alice, { sessionId });
  expect(name).toMatch(/^trunkline-four-.*\.patch$/);
  expect(Buffer.concat(await Array.fromAsync(content)).toString()).toMatch(
    /^From [0-9a-f]{40} .*\n[^]*\+changed\n/,
  );
  await server.core.runner.cancel(task.id, { reason: "user", by: "test" }, 5_000);
  await server.until(sessionId, isTerminalEventOf(task.id));
  for (const call of [
    publications.publish(bob, { sessionId, kind: "branch" }),
    publications.publication(bob, { sessionId }),
    publications.bringBack(bob, { sessionId, digest: "0".repeat(64) }),
    publications.openPatch(bob, { sessionId }),
  ]) {
    await expect(call).rejects.toMatchObject({ reason: "not_found" });
  }
  await expect(publications.publish(alice, { sessionId, kind: "local" })).rejects.toThrow(/is a git URL/);
  for (const branch of ["-f", "main", "refs/heads/x", "a..b"]) {
    await expect(publications.publish(alice, { sessionId, kind: "branch", branch })).rejects.toThrow(
      TrunklineError,
    );
  }
});

test("a fork has published nothing of what its parent has", async ({ skip }) => {
  skip(!hasHost, "git has no http-backend");
  const { sessionId } = await changedSession("five");
  await publications.publish(alice, { sessionId, kind: "branch" });
  const fork = await server.sessions.fork(alice, { sessionId });
  expect((await publications.publication(alice, { sessionId })).published).not.toBeNull();
  expect((await publications.publication(alice, { sessionId: fork.id })).published).toBeNull();
});
