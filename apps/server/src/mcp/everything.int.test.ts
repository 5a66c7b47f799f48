import type { SessionEvent } from "@trunkline/contract";
import { type ServerFixture, waitFor } from "@trunkline/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CANARY, EverythingBench, ODD_CANARY } from "./testing/everything-bench.ts";

let bench: EverythingBench;
let server: ServerFixture;

beforeAll(async () => {
  bench = await EverythingBench.start();
  ({ server } = bench);
});
afterAll(async () => bench[Symbol.asyncDispose]());

describe("server-everything over stdio", () => {
  it("is listed with what it offers, which the model sees under the server's name", async () => {
    const detail = await server.client.mcp.get.query({ serverId: await bench.idOf("everything") });
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
    await bench.run([]);
    const tools = JSON.stringify(bench.provider.requests.at(-1)?.body);
    expect(tools).toContain("everything__get-sum");
    expect(tools).toContain("list_mcp_resources");
  });

  it("calls: each asks, `always` frees one tool, results are strangers' words, nothing tells a secret", async () => {
    const [uri] = (await server.client.mcp.get.query({ serverId: await bench.idOf("everything") })).resources;
    const { asked, results, log } = await bench.run(
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
    const called = log.flatMap((event) => (event.type === "tool.called" ? [event.data.readsUntrusted] : []));
    expect(called).toEqual(called.map(() => true));
    expect(env?.output).toContain("[redacted]");
    const seen = JSON.stringify(log) + server.logs;
    for (const secret of [CANARY, ODD_CANARY, server.token]) expect(seen).not.toContain(secret);
    expect(env?.output).not.toContain("OPENAI");
  });

  it("is restarted when it dies", async () => {
    const before = await bench.processOf("server-everything");
    process.kill(before, "SIGKILL");
    // Not by its state, which may have been that of a failed one between two looks.
    await waitFor("another process", async () => (await bench.processOf("server-everything")) !== before);
    await bench.connected("everything");
    const { results } = await bench.run([["everything__echo", { message: "back" }]]);
    expect(results).toMatchObject([{ status: "succeeded", output: "Echo: back" }]);
  });

  it("tells how a long call gets on, and is told when it is canceled", async () => {
    const { log, results } = await bench.run([
      ["everything__trigger-long-running-operation", { duration: 1, steps: 4 }],
    ]);
    expect(results[0]?.status).toBe("succeeded");
    expect(log.some((event: SessionEvent) => event.type === "tool.ended")).toBe(true);
  });
});

describe("server-everything over streamable HTTP", () => {
  it("works for the user who added it, dies, and is connected again by itself", async () => {
    const added = await server.client.mcp.add.mutate({
      name: "remote",
      transport: { kind: "http", url: bench.http.url, headers: { "X-Canary": CANARY } },
    });
    expect(added).toMatchObject({ level: "user", canChange: true, transport: { headers: ["X-Canary"] } });
    const detail = await server.client.mcp.get.query({ serverId: added.id });
    expect(detail).toMatchObject({ state: "connected" });
    const first = await bench.run([["remote__echo", { message: "over HTTP" }]]);
    expect(first.asked).toEqual(["remote__echo"]);
    expect(first.results).toMatchObject([{ status: "succeeded", output: "Echo: over HTTP" }]);

    await bench.http.kill();
    const { sessionId } = first;
    const dead = await bench.run([["remote__echo", { message: "nobody there" }]], { sessionId });
    expect(dead.results[0]?.status).toBe("failed");
    await bench.http.start();
    await waitFor("it to be connected again by itself", async () => {
      const { items } = await server.client.mcp.list.query({});
      return items.find(({ id }) => id === added.id)?.state === "connected";
    });
    const last = await bench.run([["remote__echo", { message: "back" }]], { sessionId });
    expect(last.results).toMatchObject([{ status: "succeeded", output: "Echo: back" }]);
    await server.client.mcp.remove.mutate({ serverId: added.id });
  });

  it("a user's server is on no private address that the operator did not name", async () => {
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
  });
});

describe("a server that misbehaves", () => {
  it("shows nothing that is not seen, and takes no built-in tool's name", async () => {
    const { tools, omittedTools, log } = await server.client.mcp.get.query({
      serverId: await bench.idOf("odd"),
    });
    const [odd] = tools.filter(({ name }) => name.startsWith("bash"));
    expect(odd?.toolName).toMatch(/^odd__bash_[\w-]+$/);
    expect(odd?.description).toBe("Runs a command[2J hidden");
    expect(tools.map(({ name }) => name)).toContain("sloppy");
    // It has promised resources and prompts that it does not have, and takes lists.
    expect(omittedTools).toEqual([
      {
        name: "lists",
        reason: expect.stringMatching(/^it is not as MCP describes tools: inputSchema.type: /),
      },
      {
        name: "resources/list",
        reason: expect.stringContaining("something other than a list of resources"),
      },
      { name: "prompts/list", reason: expect.stringContaining("Method not found") },
      { name: "huge", reason: "its schema is too long" },
    ]);
    expect(log).toBe("started with [redacted]\n");
  });

  it("one that hangs times out, one that is stuck is restarted as well", async () => {
    const { results } = await bench.run([
      ["stuck__hang", {}],
      ["stuck__ping", {}],
      ["stuck__block", {}],
    ]);
    expect(results.map(({ status }) => status)).toEqual(["failed", "succeeded", "failed"]);
    expect(results[0]?.output).toBe("The MCP server stuck failed: It did not answer in time");
    await waitFor("it to be back", async () => {
      const { items } = await server.client.mcp.list.query({});
      return items.find(({ name }) => name === "stuck")?.state === "connected";
    });
    expect((await bench.run([["stuck__ping", {}]])).results).toMatchObject([{ output: "revision 1" }]);
  });

  it("one that answers with more than a message may hold is told from one that ended by itself", async () => {
    const { results } = await bench.run([["odd__flood", {}]]);
    expect(results).toMatchObject([
      {
        status: "failed",
        output: "The MCP server odd failed: It sent a message of more than 2 MiB",
      },
    ]);
    await waitFor("it to be back", async () => {
      const { items } = await server.client.mcp.list.query({});
      return items.find(({ name }) => name === "odd")?.state === "connected";
    });
  });

  it("a tool whose description changes after `always` asks again", async () => {
    const always = { decide: () => "always" as const };
    const { sessionId } = await bench.run([["everything__echo", { message: "strangers' words" }]], always);
    const calls = [
      ["odd__ping", {}],
      ["odd__change", {}],
      ["odd__change", {}],
    ] as const;
    // It only reads, by its word, which is believed; and no word makes its results trusted.
    expect((await bench.run(calls, { sessionId, ...always })).asked).toEqual([
      "odd__ping",
      "odd__change",
      "odd__change",
    ]);
    const { tools } = await server.client.mcp.get.query({ serverId: await bench.idOf("odd") });
    expect(tools.find(({ name }) => name === "ping")?.description).toBe("Answers, as of revision 3");
  });
});
