import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FakeProvider, say, ServerFixture, waitFor } from "@trunkline/testkit";
import { expect, it, onTestFinished } from "vitest";

/** As many as a project must have for a spare. */
const FILES = 10_000;
const LIMIT = { timeoutMs: 240_000, intervalMs: 5 };

const git = (directory: string, ...args: string[]): string =>
  execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.com", ...args], {
    cwd: directory,
    encoding: "utf8",
    maxBuffer: 50_000_000,
  }).trim();

async function openLargeProject() {
  const directory = await mkdtemp(join(tmpdir(), "trunkline-spares-"));
  onTestFinished(async () => rm(directory, { recursive: true, force: true }));
  const source = join(directory, "source");
  for (let index = 0; index < FILES; index += 100) {
    const place = join(source, `d${index / 100}`);
    await mkdir(place, { recursive: true });
    for (let at = index; at < index + 100; at++) await writeFile(join(place, `f${at}`), `${at}\n`);
  }
  git(directory, "init", "-q", "-b", "main", source);
  git(source, "add", "-A");
  git(source, "commit", "-qm", "all");
  return { directory, source };
}

it("kill -9 while a spare is made or taken: the next session has every file, and what was left is gone in the end", async () => {
  const { directory, source } = await openLargeProject();
  await using provider = await FakeProvider.start();
  await using server = await ServerFixture.start({
    env: { ...provider.serverEnv, TRUNKLINE_PROJECT_ROOTS: directory },
  });
  const project = await server.client.project.create.mutate({
    name: "large",
    source: { kind: "directory", path: source },
  });
  const own = join(server.dataDir, "projects", project.id);
  const submit = async () => {
    // One more for the attempt after a kill.
    provider.enqueue(say.reply(say.text("done")), say.reply(say.text("done")));
    return server.client.task.submit.mutate({ prompt: "go", projectId: project.id });
  };
  const end = async ({ taskId, sessionId }: { taskId: string; sessionId: string }) => {
    const isOver = async () => (await server.client.task.get.query({ taskId })).state === "completed";
    await waitFor("the task's end", isOver, LIMIT);
    const workspace = join(server.dataDir, "workspaces", sessionId);
    expect(git(workspace, "status", "--porcelain", "--ignored")).toBe("");
    expect(git(workspace, "ls-files").split("\n")).toHaveLength(FILES);
  };
  const entries = async (path: string): Promise<string[]> => readdir(path).catch(() => []);
  const drafts = async () => (await entries(own)).filter((name) => name.startsWith(".spare-"));
  const hasSpare = async () => (await entries(own)).includes("spare");

  // While it is made, with some of its files.
  const made = await submit();
  const halfMade = async () => {
    const [draft] = await drafts();
    return draft !== undefined && (await entries(join(own, draft))).length > 20;
  };
  for (let task = made; ;) {
    await waitFor("a spare under way, or made", async () => (await halfMade()) || (await hasSpare()), LIMIT);
    await server.kill();
    const isCut = !(await hasSpare());
    if (isCut) expect(await drafts()).toHaveLength(1);
    await server.restart();
    await end(task);
    if (isCut) break;
    // A busy machine looked too late: where there is none, another is made.
    await rm(join(own, "spare"), { recursive: true, force: true });
    task = await submit();
  }

  await end(await submit());
  await waitFor("the spare", hasSpare, LIMIT);
  expect(await drafts()).toEqual([]);

  // While a session takes it: the task goes on after the restart.
  const taking = await submit();
  await waitFor("the spare taken", async () => !(await hasSpare()), LIMIT);
  await server.kill();
  await server.restart();
  await end(taking);
  expect(await readdir(join(server.dataDir, "workspaces", ".preparing"))).toEqual([]);
});
