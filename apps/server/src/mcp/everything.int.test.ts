import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { stripTypeScriptTypes } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { followTask } from "@trunkline/client";
import type { SessionEvent } from "@trunkline/contract";
import { assertLogHolds, FakeProvider, readLog, say, ServerFixture, waitFor } from "@trunkline/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EverythingOverHttp } from "./testing/everything-over-http.ts";

const REPOSITORY = fileURLToPath(new URL("../../../../", import.meta.url));
const ODD = fileURLToPath(new URL("testing/odd-server.ts", import.meta.url));
const EVERYTHING = fileURLToPath(
  import.meta.resolve("@modelcontextprotocol/server-everything/dist/index.js"),
);
const CANARY = "canary-of-an-mcp-server";
const ODD_CANARY = "canary-of-the-odd-one";
const TIMEOUT_MS = 60_000;

let provider: FakeProvider;
let http: EverythingOverHttp;
let server: ServerFixture;
let directory: string;

beforeAll(async () => {
  [provider, http] = await Promise.all([FakeProvider.start(), EverythingOverHttp.start(EVERYTHING)]);
  directory = await mkdtemp(join(tmpdir(), "trunkline-mcp-"));
  const configFile = join(directory, "trunkline.config.json");
  // Commands find the machine's own Node, which may be one that reads no types.
  const odd = join(directory, "odd-server.mjs");
  await writeFile(odd, stripTypeScriptTypes(await readFile(ODD, "utf8")));
  const stdio = { command: "node", readOnly: [REPOSITORY] };
  const mcpServers = {
    everything: { ...stdio, args: [EVERYTHING, "stdio"], environment: { TOKEN: CANARY } },
    odd: {
      command: "node",
      args: [odd],
      readOnly: [directory],
      environment: { ODD_TOKEN: { variable: "ODD_TOKEN" } },
      trust: "annotations",
      timeoutMs: 1_000,
    },
  };
  await writeFile(configFile, JSON.stringify({ mcpServers, mcpPrivateHosts: [http.host] }));
  const env = { ...provider.serverEnv, TRUNKLINE_CONFIG_FILE: configFile, ODD_TOKEN: ODD_CANARY };
  server = await ServerFixture.start({ env });
}, TIMEOUT_MS);
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await Promise.all([http[Symbol.asyncDispose](), provider[Symbol.asyncDispose]()]);
  await rm(directory, { recursive: true, force: true });
});

const idOf = async (name: string): Promise<string> => {
  const { items } = await server.client.mcp.list.query({});
  return items.find((item) => item.name === name)?.id ?? "";
};

/** Runs a task whose model makes these calls, one step each; approvals are answered with what `decide` returns. */
async function run(
  calls: readonly (readonly [string, object])[],
  {
    sessionId,
    decide = () => "allow" as const,
  }: { sessionId?: string; decide?: () => "allow" | "always" } = {},
) {
  const { client } = server;
  for (const [tool, input] of calls) provider.enqueue(say.reply(say.toolCall(tool, input)));
  provider.enqueue(say.reply(say.text("Done.")));
  const task = await client.task.submit.mutate({ prompt: "go", ...(sessionId && { sessionId }) });
  const asked: string[] = [];
  for await (const event of followTask(client, task)) {
    if (event.type !== "approval.requested") continue;
    asked.push(event.data.tool);
    await client.approval.answer.mutate({ approvalId: event.data.approvalId, decision: decide() });
  }
  const log = await readLog(client, task.sessionId);
  assertLogHolds(log);
  const own = log.filter(({ taskId }) => taskId === task.taskId);
  const results = own.flatMap((event) => (event.type === "tool.ended" ? [event.data] : []));
  return { sessionId: task.sessionId, asked, results, log: own };
}

const processOf = async (words: string): Promise<number> =>
  waitFor(`a process of ${words}`, async () => {
    for (const pid of await readdir("/proc")) {
      const read = async (name: string) => readFile(`/proc/${pid}/${name}`, "utf8").catch(() => "");
      const line = await read("cmdline");
      if (!line.startsWith("node\0") || !line.includes(words)) continue;
      if ((await read("environ")).includes(server.dataDir)) return Number(pid);
    }
    return undefined;
  });

describe("server-everything over stdio", () => {
  it(
    "is listed with what it offers, which the model sees under the server's name",
    async () => {
      const detail = await server.client.mcp.get.query({ serverId: await idOf("everything") });
      expect(detail).toMatchObject({
        state: "connected",
        level: "operator",
        canChange: false,
        message: null,
      });
      expect(detail.tools.find(({ name }) => name === "echo")).toMatchObject({
        toolName: "everything__echo",
      });
      expect(detail.resources.length).toBeGreaterThan(0);
      expect(detail.prompts.map(({ name }) => name)).toContain("simple-prompt");
      const { text } = await server.client.mcp.prompt.mutate({ serverId: detail.id, name: "simple-prompt" });
      expect(text).not.toBe("");
      await run([]);
      const tools = JSON.stringify(provider.requests.at(-1)?.body);
      expect(tools).toContain("everything__get-sum");
      expect(tools).toContain("list_mcp_resources");
    },
    TIMEOUT_MS,
  );

  it(
    "calls: each asks, `always` frees one tool, results are strangers' words, nothing tells a secret",
    async () => {
      const [uri] = (await server.client.mcp.get.query({ serverId: await idOf("everything") })).resources;
      const { asked, results, log } = await run(
        [
          ["everything__echo", { message: "hello" }],
          ["everything__echo", { message: "again" }],
          ["everything__get-sum", { a: 2, b: 3 }],
          ["everything__get-env", {}],
          ["everything__get-tiny-image", {}],
          ["everything__get-structured-content", { location: "New York" }],
          ["read_mcp_resource", { server: "everything", uri: uri?.uri }],
        ],
        { decide: () => "always" },
      );
      expect(asked.filter((tool) => tool === "everything__echo")).toHaveLength(1);
      expect(new Set(asked).size).toBe(6);
      const [first, second, sum, env, image] = results;
      expect([first?.output, second?.output]).toEqual(["Echo: hello", "Echo: again"]);
      expect(sum?.output).toContain("5");
      expect(image?.content).toMatchObject([{ type: "image", blob: { mediaType: "image/png" } }]);
      expect(results.map(({ status }) => status)).toEqual(results.map(() => "succeeded"));
      const called = log.flatMap((event) =>
        event.type === "tool.called" ? [event.data.readsUntrusted] : [],
      );
      expect(called).toEqual(called.map(() => true));
      expect(env?.output).toContain("[redacted]");
      const seen = JSON.stringify(log) + server.logs;
      for (const secret of [CANARY, ODD_CANARY, server.token]) expect(seen).not.toContain(secret);
      expect(env?.output).not.toContain("OPENAI");
    },
    TIMEOUT_MS,
  );

  it(
    "is restarted when it dies",
    async () => {
      const before = await processOf("server-everything");
      process.kill(before, "SIGKILL");
      await waitFor("the end to be noticed", async () => {
        const { items } = await server.client.mcp.list.query({});
        return items.find(({ name }) => name === "everything")?.state === "failed";
      });
      await waitFor("it to be back", async () => {
        const { items } = await server.client.mcp.list.query({});
        return items.find(({ name }) => name === "everything")?.state === "connected";
      });
      expect(await processOf("server-everything")).not.toBe(before);
      const { results } = await run([["everything__echo", { message: "back" }]]);
      expect(results).toMatchObject([{ status: "succeeded", output: "Echo: back" }]);
    },
    TIMEOUT_MS,
  );

  it(
    "tells how a long call gets on, and is told when it is canceled",
    async () => {
      const { log, results } = await run([
        ["everything__trigger-long-running-operation", { duration: 1, steps: 4 }],
      ]);
      expect(results[0]?.status).toBe("succeeded");
      expect(log.some((event: SessionEvent) => event.type === "tool.ended")).toBe(true);
    },
    TIMEOUT_MS,
  );
});

describe("server-everything over streamable HTTP", () => {
  it(
    "works for the user who added it, dies, and is connected again by itself",
    async () => {
      const added = await server.client.mcp.add.mutate({
        name: "remote",
        transport: { kind: "http", url: http.url, headers: { "X-Canary": CANARY } },
      });
      expect(added).toMatchObject({ level: "user", canChange: true, transport: { headers: ["X-Canary"] } });
      const detail = await server.client.mcp.get.query({ serverId: added.id });
      expect(detail).toMatchObject({ state: "connected" });
      const first = await run([["remote__echo", { message: "over HTTP" }]]);
      expect(first.asked).toEqual(["remote__echo"]);
      expect(first.results).toMatchObject([{ status: "succeeded", output: "Echo: over HTTP" }]);

      await http.kill();
      const { sessionId } = first;
      const dead = await run([["remote__echo", { message: "nobody there" }]], { sessionId });
      expect(dead.results[0]?.status).toBe("failed");
      await http.start();
      await waitFor(
        "it to be connected again by itself",
        async () => {
          const { items } = await server.client.mcp.list.query({});
          return items.find(({ id }) => id === added.id)?.state === "connected";
        },
        { timeoutMs: TIMEOUT_MS },
      );
      const last = await run([["remote__echo", { message: "back" }]], { sessionId });
      expect(last.results).toMatchObject([{ status: "succeeded", output: "Echo: back" }]);
      await server.client.mcp.remove.mutate({ serverId: added.id });
    },
    TIMEOUT_MS,
  );

  it(
    "a user's server is on no private address that the operator did not name",
    async () => {
      const { add, get } = { add: server.client.mcp.add.mutate, get: server.client.mcp.get.query };
      await expect(
        add({ name: "plain", transport: { kind: "http", url: "http://mcp.example.com/" } }),
      ).rejects.toMatchObject({ reason: "validation_failed" });
      for (const host of ["127.0.0.1:1", "169.254.169.254", "[::ffff:7f00:1]", "localhost:2"]) {
        const { id } = await add({
          name: "inside",
          transport: { kind: "http", url: `https://${host}/mcp` },
        });
        expect(await get({ serverId: id })).toMatchObject({
          state: "failed",
          message: expect.stringContaining("cannot be reached"),
        });
        await server.client.mcp.remove.mutate({ serverId: id });
      }
    },
    TIMEOUT_MS,
  );
});

describe("a server that misbehaves", () => {
  it(
    "shows nothing that is not seen, and takes no built-in tool's name",
    async () => {
      const { tools, omittedTools, log } = await server.client.mcp.get.query({ serverId: await idOf("odd") });
      const [odd] = tools.filter(({ name }) => name.startsWith("bash"));
      expect(odd?.toolName).toMatch(/^odd__bash_[\w-]+$/);
      expect(odd?.description).toBe("Runs a command[2J hidden");
      expect(omittedTools).toEqual([{ name: "huge", reason: "its schema is too long" }]);
      expect(log).toBe("started with [redacted]\n");
    },
    TIMEOUT_MS,
  );

  it(
    "one that hangs times out, one that is stuck is restarted as well",
    async () => {
      const { results } = await run([
        ["odd__hang", {}],
        ["odd__ping", {}],
        ["odd__block", {}],
      ]);
      expect(results.map(({ status }) => status)).toEqual(["failed", "succeeded", "failed"]);
      expect(results[0]?.output).toBe("The MCP server odd failed: It did not answer in time");
      await waitFor("it to be back", async () => {
        const { items } = await server.client.mcp.list.query({});
        return items.find(({ name }) => name === "odd")?.state === "connected";
      });
      expect((await run([["odd__ping", {}]])).results).toMatchObject([{ output: "revision 1" }]);
    },
    TIMEOUT_MS,
  );

  it(
    "a tool whose description changes after `always` asks again",
    async () => {
      const always = { decide: () => "always" as const };
      const { sessionId } = await run([["everything__echo", { message: "strangers' words" }]], always);
      const calls = [
        ["odd__ping", {}],
        ["odd__change", {}],
        ["odd__change", {}],
      ] as const;
      // It only reads, by its word, which is believed; and no word makes its results trusted.
      expect((await run(calls, { sessionId, ...always })).asked).toEqual([
        "odd__ping",
        "odd__change",
        "odd__change",
      ]);
      const { tools } = await server.client.mcp.get.query({ serverId: await idOf("odd") });
      expect(tools.find(({ name }) => name === "ping")?.description).toBe("Answers, as of revision 3");
    },
    TIMEOUT_MS,
  );
});
