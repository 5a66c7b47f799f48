import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { connect } from "node:net";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { describe, expect, it } from "vitest";
import { boundAnswers } from "./bound-answers.ts";
import { boundedHttp } from "./bounded-http.ts";
import { createGuardedFetch } from "./guarded-fetch.ts";
import { LiveConnection } from "./live-connection.ts";
import { CONNECTION_LIMITS } from "./connection-limits.ts";
import { Pace } from "../common/pace.ts";

const STREAM = { "content-type": "text/event-stream" };
const JSON_BODY = { "content-type": "application/json" };

/** An MCP server over HTTP; `answer` takes what is not its introduction. */
async function start(answer: (message: Message, response: ServerResponse, request: IncomingMessage) => void) {
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.method === "GET") return answer({ method: "GET" }, response, request);
    const pieces: Buffer[] = [];
    for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece);
    const message = JSON.parse(Buffer.concat(pieces).toString()) as Message;
    if (message.method === "initialize") {
      const result = {
        protocolVersion: "2025-11-25",
        capabilities: {},
        serverInfo: { name: "flood", version: "1" },
      };
      return void response
        .writeHead(200, JSON_BODY)
        .end(JSON.stringify({ jsonrpc: "2.0", id: message.id, result }));
    }
    if (message.method === "notifications/initialized") return void response.writeHead(202).end();
    return answer(message, response, request);
  };
  const server = createServer((request, response) => void serve(request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: new URL(`http://127.0.0.1:${port}/mcp`),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

interface Message {
  id?: number;
  method?: string;
  error?: { message: string };
}

const direct = async (url: URL) => connect(Number(url.port), url.hostname);

async function openTo(url: URL): Promise<LiveConnection> {
  const fetch = boundedHttp(createGuardedFetch(direct, new Pace()));
  return LiveConnection.open(boundAnswers(new StreamableHTTPClientTransport(url, { fetch })), {
    name: "flood",
    limits: CONNECTION_LIMITS,
    version: "1",
    signal: new AbortController().signal,
    habit: { asks: false },
  });
}

const call = { signal: new AbortController().signal, timeoutMs: 60_000 };

describe("an MCP server over HTTP", () => {
  it("that asks without taking the answers is disconnected, and what it asked is not all answered", async () => {
    let answers = 0;
    await using server = await start((message, response) => {
      // The answers are never taken.
      if (message.method !== "GET") return void (answers += 1);
      const pings = Array.from(
        { length: 400 },
        (_, id) => `data: {"jsonrpc":"2.0","id":${id},"method":"ping"}\n\n`,
      );
      response.writeHead(200, STREAM).write(pings.join(""));
    });
    const live = await openTo(server.url);
    expect(await live.closed).toMatch(/^It asks without taking the answers/);
    expect(answers).toBeLessThanOrEqual(32);
  });

  it("that answers a call with thousands of messages fails that call alone", async () => {
    let calls = 0;
    await using server = await start((message, response) => {
      if (message.method === "GET") return void response.writeHead(405).end();
      const result = {
        jsonrpc: "2.0",
        id: message.id,
        result: { content: [{ type: "text", text: "done" }] },
      };
      calls += 1;
      const others = Array.from({ length: calls === 1 ? 1_000 : 3 }, () => ({ jsonrpc: "2.0", method: "a" }));
      response.writeHead(200, JSON_BODY).end(JSON.stringify([...others, result]));
    });
    const live = await openTo(server.url);
    await expect(live.callTool("go", {}, call)).rejects.toThrow(/1001 messages at once/);
    await expect(live.callTool("go", {}, call)).resolves.toMatchObject({ blocks: [{ text: "done" }] });
    await live.close("done");
  });

  it.each([
    ["a document", JSON_BODY, ""],
    ["a stream", STREAM, "data: "],
  ])(
    "that answers with %s of more values than are parsed in one go is not read on",
    async (_, head, prefix) => {
      await using server = await start((_message, response) => {
        const values = (count: number): string => `${prefix}["a \\"[{,",${"{},".repeat(count)}1]\n\n`;
        response
          .writeHead(200, head)
          .end(`${values(90_000 / 2)}${prefix === "" ? "," : ""}${values(100_000)}`);
      });
      const response = await createGuardedFetch(direct, new Pace())(server.url);
      await expect(response.text()).rejects.toThrow("It sent a message of more than 100000 values");
    },
  );

  it("that asks with a form of many fields is told how many a form has, before each is looked at", async () => {
    const answers: unknown[] = [];
    const properties = Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`f${index}`, {}]));
    const params = { message: "x", requestedSchema: { type: "object", properties } };
    await using server = await start((message, response) => {
      if (message.method === "GET") return void response.writeHead(405).end();
      if (message.method === undefined) {
        answers.push(message.error?.message);
        const result = { content: [] };
        stream?.end(`data: ${JSON.stringify({ jsonrpc: "2.0", id: callId, result })}\n\n`);
        return void response.writeHead(202).end();
      }
      callId = message.id;
      stream = response.writeHead(200, STREAM);
      const request = { jsonrpc: "2.0", id: "a", method: "elicitation/create", params };
      stream.write(`data: ${JSON.stringify(request)}\n\n`);
    });
    let callId: number | undefined;
    let stream: ServerResponse | undefined;
    const live = await openTo(server.url);
    await live.callTool("go", {}, call);
    expect(answers).toEqual([expect.stringContaining("A form has at most 50 fields")]);
    await live.close("done");
  });

  it("is read a few events at a time, at the pace of its user's servers", async () => {
    const taken: { bytes: number; messages: number }[] = [];
    const event = "data: x\r\n\r\n";
    await using server = await start((_, response) => {
      response.writeHead(200, STREAM).end(`${event.repeat(1_000)}:\n\n`.repeat(2));
    });
    const pace = { take: async (bytes: number, messages = 1) => void taken.push({ bytes, messages }) };
    const response = await createGuardedFetch(direct, pace)(server.url);
    expect(await response.text()).toBe(`${event.repeat(1_000)}:\n\n`.repeat(2));
    expect(taken.reduce((sum, { messages }) => sum + messages, 0)).toBe(2_002);
    expect(taken.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(2 * (1_000 * event.length + 3));
    expect(Math.max(...taken.map(({ messages }) => messages))).toBe(32);
  });

  it("does not say how soon its stream is opened again", async () => {
    let now = 5_000;
    const waits: number[] = [];
    const wait = async (ms: number): Promise<void> => {
      waits.push(ms);
      now += ms;
    };
    const fetch = boundedHttp(async () => new Response(null, { status: 405 }), { now: () => now, wait });
    for (const method of ["GET", "POST", "GET", "GET"]) await fetch("http://server/mcp", { method });
    now += 10_000;
    await fetch("http://server/mcp", { method: "GET" });
    expect(waits).toEqual([1_000, 1_000]);
  });
});

it("a pace lets a second's worth come at once, counts long messages for more, and makes the rest wait", async () => {
  let now = 0;
  const waits: number[] = [];
  const pace = new Pace({ now: () => now, wait: async (ms) => void waits.push(ms) });
  await pace.take(0, 500);
  expect(waits).toEqual([]);
  await pace.take(10, 1);
  await pace.take(2_097_152);
  expect(waits).toEqual([2, 516]);
  await pace.take(0, 0, 100_000);
  expect(waits).toEqual([2, 516, 1_296]);
  now = 100_000;
  await pace.take(0, 500);
  expect(waits).toHaveLength(3);
});
