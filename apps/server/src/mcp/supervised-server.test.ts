import { InMemoryTransport } from "@modelcontextprotocol/sdk/inMemory.js";
import type { JSONRPCMessage } from "@modelcontextprotocol/sdk/types.js";
import { pino } from "pino";
import { afterEach, expect, it } from "vitest";
import type { McpDefinition } from "./port.ts";
import { SupervisedServer } from "./supervised-server.ts";

const NEVER = new AbortController().signal;
/** Far longer than a test may take. */
const PATIENT = { connectMs: 600_000, listMs: 600_000, pingMs: 600_000, longestCallMs: 600_000 };

let supervised: SupervisedServer;
afterEach(async () => supervised.end());

it("a server that announces changes and never says which offers what it offered before", async () => {
  const [ours, theirs] = InMemoryTransport.createLinkedPair();
  let lists = 0;
  const send = async (message: object) => theirs.send({ jsonrpc: "2.0", ...message } as JSONRPCMessage);
  const answers: Record<string, () => object | null> = {
    initialize: () => ({
      protocolVersion: "2025-06-18",
      capabilities: { tools: { listChanged: true } },
      serverInfo: { name: "restless", version: "1" },
    }),
    "tools/list": () => (lists++ === 0 ? { tools: [{ name: "go", inputSchema: { type: "object" } }] } : null),
  };
  // The SDK is no EventTarget.
  // eslint-disable-next-line unicorn/prefer-add-event-listener
  theirs.onmessage = (message) => {
    if (!("method" in message) || !("id" in message)) return;
    const result = answers[message.method]?.() ?? null;
    if (result !== null) void send({ id: message.id, result });
  };
  await theirs.start();
  supervised = new SupervisedServer({ id: "1", name: "restless" } as McpDefinition, {
    openTransport: async () => ours,
    version: "1",
    limits: PATIENT,
    logger: pino({ level: "silent" }),
    now: Date.now,
  });
  const before = await supervised.offers(NEVER, 600_000);
  expect(before?.tools.map(({ name }) => name)).toEqual(["go"]);

  await send({ method: "notifications/tools/list_changed" });
  expect(await supervised.offers(NEVER, 20)).toEqual(before);
  expect(lists).toBe(2);
  expect(supervised.status()).toMatchObject({ state: "connected" });
});
