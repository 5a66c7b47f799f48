import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { followTask } from "@trunkline/client";
import {
  FakeProvider,
  GitOverHttp,
  hasHttpBackend,
  readLog,
  say,
  ServerFixture,
  StandInForge,
} from "@trunkline/testkit";
import { expect, it, onTestFinished } from "vitest";

const TOKEN = "token-of-the-forge-0123";

it("a whole server opens a pull request, says so once, also after a restart, and brings its review back", async ({
  skip,
}) => {
  skip(!hasHttpBackend(), "git has no http-backend");
  const directory = await mkdtemp(join(tmpdir(), "trunkline-publications-"));
  onTestFinished(async () => rm(directory, { recursive: true, force: true }));
  const [work, origin] = [join(directory, "work"), join(directory, "hosted/octo/demo.git")];
  const git = (cwd: string, ...args: string[]): string =>
    execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.com", ...args], {
      cwd,
      encoding: "utf8",
    }).trim();
  await mkdir(work);
  git(work, "init", "-q", "-b", "main");
  await writeFile(join(work, "a.txt"), "a\n");
  git(work, "add", "-A");
  git(work, "commit", "-qm", "first");
  git(directory, "clone", "-q", "--bare", work, origin);
  const head = async (branch: string) =>
    git(origin, "for-each-ref", "--format=%(objectname)", `refs/heads/${branch}`) || null;
  await using host = await GitOverHttp.start({
    directory: join(directory, "hosted"),
    username: "x-access-token",
    password: TOKEN,
  });
  await using forge = await StandInForge.start({
    kind: "github",
    repository: "octo/demo",
    token: TOKEN,
    head,
  });
  await using provider = await FakeProvider.start();
  await using server = await ServerFixture.start({
    env: {
      ...provider.serverEnv,
      TRUNKLINE_PROJECT_PROTOCOLS: "http",
      TRUNKLINE_FORGES: `${new URL(host.url).host}=github:${forge.api}`,
    },
  });
  const { client } = server;
  const project = await client.project.create.mutate({
    name: "demo",
    source: { kind: "git", url: `${host.url}/octo/demo.git` },
  });
  const credential = { kind: "token", secret: TOKEN } as const;
  await client.project.setCredential.mutate({ projectId: project.id, credential });
  provider.enqueue(
    say.reply(say.toolCall("write_file", { path: "b.txt", content: "b\n" })),
    say.reply(say.text("done")),
  );
  const task = await client.task.submit.mutate({ prompt: "Add b", projectId: project.id });
  for await (const _ of followTask(client, task));
  const { sessionId } = task;

  const input = { sessionId, kind: "pull-request", title: "Add b" } as const;
  const published = await client.session.publish.mutate(input);
  expect(git(origin, "show", `${published.branch}:b.txt`)).toBe("b");
  expect(forge.state.requests).toMatchObject([{ title: "Add b", base: "main", commit: published.commit }]);
  await server.restart();
  expect(await client.session.publish.mutate(input)).toEqual(published);
  expect(forge.state.requests).toHaveLength(1);
  const said = (await readLog(client, sessionId)).filter(({ type }) => type === "session.published");
  expect(said).toHaveLength(1);

  forge.commented({ author: "ada", text: "Off by one", path: "b.txt", line: 1 });
  const { feedback, request } = await client.session.publication.query({ sessionId });
  expect(request).toMatchObject({ number: 1, state: "open" });
  const digest = feedback?.digest ?? "";
  provider.enqueue(say.reply(say.text("noted")));
  const { task: back } = await client.session.bringBack.mutate({ sessionId, digest });
  expect(back.prompt).toContain("> Off by one");
  for await (const _ of followTask(client, { sessionId, taskId: back.id }));
  expect((await client.session.publication.query({ sessionId })).feedback).toBeNull();
  await expect(client.session.bringBack.mutate({ sessionId, digest })).rejects.toMatchObject({
    data: { reason: "feedback_changed" },
  });
  expect(forge.problems).toEqual([]);
});

it("a whole server puts a branch into no directory that a link on the way leads to since", async () => {
  const directory = await mkdtemp(join(tmpdir(), "trunkline-publications-"));
  onTestFinished(async () => rm(directory, { recursive: true, force: true }));
  const [source, other] = [join(directory, "roots/mine"), join(directory, "other")];
  const git = (cwd: string, ...args: string[]): string =>
    execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.com", ...args], {
      cwd,
      encoding: "utf8",
    }).trim();
  await mkdir(source, { recursive: true });
  git(source, "init", "-q", "-b", "main");
  await writeFile(join(source, "a.txt"), "a\n");
  git(source, "add", "-A");
  git(source, "commit", "-qm", "first");
  git(directory, "clone", "-q", source, other);
  await using provider = await FakeProvider.start();
  await using server = await ServerFixture.start({
    env: { ...provider.serverEnv, TRUNKLINE_PROJECT_ROOTS: join(directory, "roots") },
  });
  const { client } = server;
  const project = await client.project.create.mutate({
    name: "mine",
    source: { kind: "directory", path: source },
  });
  provider.enqueue(
    say.reply(say.toolCall("write_file", { path: "b.txt", content: "b\n" })),
    say.reply(say.text("done")),
  );
  const task = await client.task.submit.mutate({ prompt: "Add b", projectId: project.id });
  for await (const _ of followTask(client, task));
  const input = { sessionId: task.sessionId, kind: "local" } as const;
  await rename(source, join(directory, "moved"));
  await symlink(other, source);
  await expect(client.session.publish.mutate(input)).rejects.toMatchObject({
    data: { reason: "validation_failed" },
  });
  expect(git(other, "for-each-ref", "refs/heads/trunkline")).toBe("");
  await rm(source);
  await rename(join(directory, "moved"), source);
  const { branch } = await client.session.publish.mutate(input);
  expect(git(source, "show", `${branch}:b.txt`)).toBe("b");
});
