import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { followTask } from "@trunkline/client";
import { expect, it } from "vitest";
import { FakeProviderProcess } from "../fake-provider/fake-provider-process.ts";
import { Cluster } from "./cluster.ts";

const FILES = 600;
const WORK = `for i in $(seq ${FILES}); do echo $i > f$i; done; echo /deps > .gitignore; mkdir deps; (cd deps; seq 2000 | xargs touch)`;

/** Two nodes, and calls for the same session on both: whoever gets its files gets all of them. */
it("forks, tasks and restores on two nodes have all files, while the work is archived again and again", async () => {
  const root = await mkdtemp(join(await realpath(tmpdir()), "trunkline-at-once-"));
  await using _root = { [Symbol.asyncDispose]: async () => rm(root, { recursive: true, force: true }) };
  const repository = join(root, "demo");
  await mkdir(repository);
  const git = (...words: string[]) => execFileSync("git", ["-C", repository, ...words], { env: GIT });
  git("init", "-q", "-b", "main");
  git("commit", "-q", "--allow-empty", "-m", "first");
  await using provider = await FakeProviderProcess.start();
  await using cluster = await Cluster.start({
    nodes: 2,
    env: { ...provider.serverEnv, TRUNKLINE_PROJECT_ROOTS: root },
  });
  const [one, other] = cluster.nodes.map(({ client }) => client) as [Client, Client];
  const source = { kind: "directory", path: repository } as const;
  const project = await one.project.create.mutate({ name: "demo", source });
  const run = async (client: Client, command: string, where: object): Promise<string> => {
    const prompt = `tool: bash ${JSON.stringify({ command })}`;
    const task = await client.task.submit.mutate({ prompt, ...where });
    for await (const { type, data } of followTask(client, task)) {
      if (type === "task.failed") throw new Error(JSON.stringify(data));
    }
    return task.sessionId;
  };
  const sessionId = await run(one, WORK, { projectId: project.id });
  const workspaceOf = async (id: string) =>
    (await one.session.get.query({ sessionId: id })).session.workspace;
  const filesOf = async (id: string) =>
    (await readdir(await workspaceOf(id))).filter((name) => name.startsWith("f")).length;

  for (let round = 0; round < 2; round++) {
    const calls = [one, other].flatMap((client) => [
      client.session.archiveWork.mutate({ sessionId }).catch(busy),
      client.session.publish.mutate({ sessionId, kind: "patch" }),
      client.session.restoreWork.mutate({ sessionId }).catch(busy),
    ]);
    const forks = await Promise.all(
      [one, other, one, other].map(async (client) => client.session.fork.mutate({ sessionId })),
    );
    await Promise.all(calls);
    for (const { id } of forks) expect(await filesOf(id)).toBe(FILES);
    const [archived] = await Promise.all([
      one.session.archiveWork.mutate({ sessionId }),
      one.session.archiveWork.mutate({ sessionId }),
    ]);
    expect(archived.commit).not.toBe(archived.baseCommit);
    await Promise.all([
      run(other, "git diff --exit-code HEAD", { sessionId }),
      one.session.restoreWork.mutate({ sessionId }).catch(busy),
    ]);
    expect(await filesOf(sessionId)).toBe(FILES);
  }
});

type Client = Cluster["nodes"][number]["client"];

const AUTHOR = { GIT_AUTHOR_NAME: "a", GIT_AUTHOR_EMAIL: "a@example.org" };
const GIT = { ...process.env, ...AUTHOR, GIT_COMMITTER_NAME: "a", GIT_COMMITTER_EMAIL: "a@example.org" };

/** A task, or another call, was faster. */
function busy(error: unknown): void {
  if ((error as { data?: { reason?: string } }).data?.reason !== "session_busy") throw error;
}
