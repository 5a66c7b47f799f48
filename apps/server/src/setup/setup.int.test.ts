import { execFileSync, spawnSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FakeProvider, readLog, say, ServerFixture, waitFor } from "@trunkline/testkit";
import { beforeEach, expect, it, onTestFinished } from "vitest";

beforeEach(({ skip }) => skip(spawnSync("bwrap", ["--version"]).status !== 0, "needs bubblewrap"));

/** A name that leads to loopback without a name server: the list covers it, and its address is refused. */
const LISTED = "inner.localhost";

/** Says by which way it has the network, and what the proxy answers. */
const SETUP = `
curl -s -o /dev/null --noproxy '*' --max-time 5 http://127.0.0.1:$TEST_PORT/ && echo "reached the machine"
for host in ${LISTED} other.localhost; do
  echo "$host $(curl -s -o /dev/null -w '%{http_code}' --noproxy '' http://$host/)"
done
mkdir deps
date +%s%N > deps/made-at
`;

async function openProject() {
  const directory = await mkdtemp(join(tmpdir(), "trunkline-setup-"));
  onTestFinished(async () => rm(directory, { recursive: true, force: true }));
  const source = join(directory, "source");
  await mkdir(join(source, ".trunkline"), { recursive: true });
  await writeFile(join(source, ".trunkline", "setup"), SETUP);
  await writeFile(join(source, ".gitignore"), "/deps\n");
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.com", ...args], { cwd: source });
  git("init", "-q", "-b", "main");
  git("add", "-A");
  git("commit", "-qm", "first");
  return { directory, source };
}

it("a whole server runs a project's setup behind its list of hosts, once for all of its sessions, and after a restart", async () => {
  const { directory, source } = await openProject();
  await using provider = await FakeProvider.start();
  const env = {
    ...provider.serverEnv,
    TRUNKLINE_PROJECT_ROOTS: directory,
    TRUNKLINE_PROJECT_ENVIRONMENT: "TEST_PORT",
    TEST_PORT: new URL(provider.url).port,
  };
  await using server = await ServerFixture.start({ env });
  const { client } = server;
  const project = await client.project.create.mutate({
    name: "demo",
    source: { kind: "directory", path: source },
    network: "allowlist",
    allowedHosts: [LISTED],
    environment: ["TEST_PORT"],
  });
  const run = async () => {
    const command = "cat deps/made-at; git status --porcelain";
    provider.enqueue(say.reply(say.toolCall("bash", { command })), say.reply(say.text("done")));
    const { taskId, sessionId } = await client.task.submit.mutate({ prompt: "go", projectId: project.id });
    const isOver = async () => (await client.task.get.query({ taskId })).state === "completed";
    await waitFor("the task's end", isOver);
    const log = await readLog(client, sessionId);
    return {
      types: log.map(({ type }) => type).filter((type) => /^(setup|step|network)\./.test(type)),
      setup: log.flatMap((event) => (event.type === "setup.ended" ? [event.data] : [])),
      refused: log.flatMap((event) => (event.type === "network.refused" ? [event.data] : [])),
      said: log.flatMap((event) => (event.type === "tool.ended" ? [event.data.output] : [])),
    };
  };

  const first = await run();
  expect(first.setup).toMatchObject([
    { status: "succeeded", cached: false, output: `${LISTED} 403\nother.localhost 403\n` },
  ]);
  expect(first.refused).toEqual([
    { host: LISTED, port: 80, reason: "not-public" },
    { host: "other.localhost", port: 80, reason: "not-allowed" },
  ]);
  expect(first.types.slice(0, 5)).toEqual([
    "setup.started",
    "network.refused",
    "network.refused",
    "setup.ended",
    "step.started",
  ]);
  expect(first.said).toEqual([expect.stringMatching(/^\d+\n$/)]);

  await server.restart();
  const second = await run();
  expect(second.setup).toMatchObject([{ status: "succeeded", cached: true, output: "" }]);
  expect(second.refused).toEqual([]);
  // The same run's: nothing was made a second time.
  expect(second.said).toEqual(first.said);
});
