import { spawnSync } from "node:child_process";
import { FakeProvider, readLog, say, ServerFixture, waitFor } from "@trunkline/testkit";
import { beforeEach, expect, it } from "vitest";

beforeEach(({ skip }) => skip(spawnSync("bwrap", ["--version"]).status !== 0, "needs bubblewrap"));

/** A name that leads to loopback without a name server: once it is allowed, its address is refused. */
const HOST = "inner.localhost";

async function run(server: ServerFixture, provider: FakeProvider, command: string, sessionId?: string) {
  provider.enqueue(say.reply(say.toolCall("bash", { command })), say.reply(say.text("done")));
  const task = await server.client.task.submit.mutate({ prompt: "go", ...(sessionId && { sessionId }) });
  const isOver = async () =>
    (await server.client.task.get.query({ taskId: task.taskId })).state === "completed";
  await waitFor("the task's end", isOver);
  const log = await readLog(server.client, task.sessionId);
  const events = log.filter(({ taskId }) => taskId === task.taskId);
  return {
    sessionId: task.sessionId,
    output: events.flatMap((event) => (event.type === "tool.ended" ? [event.data.output] : [])).join("\n"),
    refused: events.flatMap((event) => (event.type === "network.refused" ? [event.data] : [])),
  };
}

it("a host that is not listed is refused and told; a person allows it; that holds after a restart and in forks, not in imports", async () => {
  await using provider = await FakeProvider.start();
  const env = { ...provider.serverEnv, TRUNKLINE_NETWORK: "allowlist", TRUNKLINE_NETWORK_HOSTS: "npm" };
  await using server = await ServerFixture.start({ env });
  const { client } = server;
  const command = `for n in 1 2 3; do curl -sS --noproxy '' http://${HOST}/; done`;
  const first = await run(server, provider, command);
  const { sessionId } = first;
  expect(first.refused).toEqual([
    { host: HOST, port: 80, reason: "not-allowed", callId: expect.any(String) as string },
  ]);
  expect(first.output).toContain("the user can allow a host for this session");
  expect(await client.session.network.query({ sessionId })).toEqual({
    mode: "allowlist",
    unfiltered: null,
    hosts: ["registry.npmjs.org", "registry.yarnpkg.com", "repo.yarnpkg.com"],
    allowed: [],
  });

  const host = HOST.toUpperCase();
  expect((await client.session.allowHost.mutate({ sessionId, host })).allowed).toEqual([HOST]);
  expect((await client.session.allowHost.mutate({ sessionId, host: HOST })).allowed).toEqual([HOST]);
  const allowed = (await readLog(client, sessionId)).filter(({ type }) => type === "network.allowed");
  expect(allowed.map(({ data }) => data)).toEqual([{ host: HOST, by: "local" }]);
  const second = await run(server, provider, command, sessionId);
  expect(second.refused).toMatchObject([{ host: HOST, port: 80, reason: "not-public" }]);
  expect(second.output).not.toContain("the user can allow");

  await server.restart();
  const fork = await client.session.fork.mutate({ sessionId });
  for (const id of [sessionId, fork.id]) {
    expect((await client.session.network.query({ sessionId: id })).allowed).toEqual([HOST]);
    expect((await run(server, provider, command, id)).refused).toMatchObject([{ reason: "not-public" }]);
  }
  const document = await client.session.export.query({ sessionId });
  const { session: imported } = await client.session.import.mutate({ document });
  expect((await client.session.network.query({ sessionId: imported.id })).allowed).toEqual([]);
  expect((await run(server, provider, command, imported.id)).refused).toMatchObject([
    { reason: "not-allowed" },
  ]);

  for (const [given, says] of [
    ["127.0.0.1", "is no host"],
    ["*.com", "is no host"],
    ["one.example/path", "is no host"],
  ] as const) {
    await expect(client.session.allowHost.mutate({ sessionId, host: given })).rejects.toThrow(says);
  }
});

it("a host that is allowed while a command runs is reached by that command", async () => {
  await using provider = await FakeProvider.start();
  const env = { ...provider.serverEnv, TRUNKLINE_NETWORK: "allowlist" };
  await using server = await ServerFixture.start({ env });
  const { client } = server;
  const session = await client.session.create.mutate({});
  const running = run(
    server,
    provider,
    `until curl -sS --noproxy '' http://${HOST}/ | tee out | grep 'not public'; do sleep 0.1; done`,
    session.id,
  );
  await waitFor("the refusal", async () =>
    (await readLog(client, session.id)).some(({ type }) => type === "network.refused"),
  );
  await client.session.allowHost.mutate({ sessionId: session.id, host: HOST });
  expect((await running).output).toContain("not public");
});

it("a project has its own network; an operator's `off` goes before it; what is off has no list", async () => {
  await using provider = await FakeProvider.start();
  await using server = await ServerFixture.start({ env: provider.serverEnv });
  const { client } = server;
  const project = await client.project.create.mutate({
    name: "one",
    source: { kind: "git", url: "https://git.example.com/one.git" },
    // The last two pass as names, and allow nothing.
    allowedHosts: ["*.example.com", "localhost", "10.0.0.1"],
  });
  const { id: inProject } = await client.session.create.mutate({ projectId: project.id });
  const { id: without } = await client.session.create.mutate({});
  expect(await client.session.network.query({ sessionId: inProject })).toMatchObject({
    mode: "allowlist",
    hosts: expect.arrayContaining(["registry.npmjs.org", "*.example.com"]) as string[],
  });
  expect(await client.session.network.query({ sessionId: without })).toMatchObject({
    mode: "off",
    hosts: [],
  });
  await expect(client.session.allowHost.mutate({ sessionId: without, host: "one.example" })).rejects.toThrow(
    "The network of this session's commands is 'off'",
  );
  await client.project.update.mutate({ projectId: project.id, network: "on" });
  expect(await client.session.network.query({ sessionId: inProject })).toMatchObject({ mode: "on" });
  await server.restart({ env: { ...provider.serverEnv, TRUNKLINE_NETWORK: "off" } });
  expect(await client.session.network.query({ sessionId: inProject })).toMatchObject({ mode: "off" });
});
