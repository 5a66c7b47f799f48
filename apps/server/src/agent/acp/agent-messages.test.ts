import { PassThrough, Writable } from "node:stream";
import { expect, it } from "vitest";
import { AgentItems } from "./agent-items.ts";
import { AgentMessages } from "./agent-messages.ts";

const bytes = (...messages: object[]): Uint8Array =>
  Buffer.from(messages.map((message) => `${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`).join(""));
const requests = (count: number): object[] =>
  Array.from({ length: count }, (_, id) => ({ id, method: "x/y", params: {} }));

/** Whether the promise is still open once what is due has happened. */
async function isOpen(promise: Promise<unknown>): Promise<boolean> {
  const later = new Promise((resolve) => setImmediate(resolve, "later"));
  return (await Promise.race([promise, later])) === "later";
}

function connected(stdin: Writable = new PassThrough(), items = new AgentItems()) {
  const messages = new AgentMessages(items, { take: async () => undefined });
  const { readable, writable } = messages.streamTo(stdin);
  return { messages, reader: readable.getReader(), writer: writable.getWriter() };
}

it("works on so many requests at once, and refuses more until an answer has gone out", async () => {
  const stdin = new PassThrough();
  const { messages, writer } = connected(stdin);
  await messages.take(bytes(...requests(64)));
  expect(stdin.read()).toBeNull();
  await messages.take(bytes({ id: "more", method: "x/y" }));
  expect(String(stdin.read())).toMatch(/"id":"more".*Too many requests at once/);
  await writer.write({ jsonrpc: "2.0", id: 3, result: {} });
  stdin.read();
  await messages.take(bytes({ id: "more", method: "x/y" }));
  expect(stdin.read()).toBeNull();
});

it("keeps so much of what requests hold, and refuses more", async () => {
  const stdin = new PassThrough();
  const { messages } = connected(stdin);
  const content = "x".repeat(7_000_000);
  for (let id = 0; id < 4; id++) await messages.take(bytes({ id, method: "x/y", params: { content } }));
  expect(stdin.read()).toBeNull();
  await messages.take(bytes({ id: 4, method: "x/y", params: { content } }));
  expect(String(stdin.read())).toContain("Too many requests at once");
});

it("an id that is in use is refused", async () => {
  const stdin = new PassThrough();
  const { messages } = connected(stdin);
  await messages.take(bytes({ id: 1, method: "x/y" }, { id: 1, method: "x/y" }));
  expect(String(stdin.read())).toContain('"id":1,"error"');
});

it("reads nothing more of a program that does not read its answers", async () => {
  const written: string[] = [];
  const stdin = new Writable({ highWaterMark: 1, write: (chunk) => void written.push(String(chunk)) });
  const { messages } = connected(stdin);
  const taking = messages.take(Buffer.from("hello\nworld\n"));
  expect(await isOpen(taking)).toBe(true);
  expect(written).toHaveLength(1);
  stdin.destroy();
  await taking;
});

it("reads nothing more while what was read waits", async () => {
  const items = new AgentItems();
  const { messages } = connected(new PassThrough(), items);
  items.add({ type: "failed", error: new Error("waits") });
  const content = "x".repeat(7_500_000);
  for (let piece = 0; piece < 4; piece++) await messages.take(bytes({ method: "x/y", params: { content } }));
  const taking = messages.take(bytes({ method: "x/y", params: { content } }));
  expect(await isOpen(taking)).toBe(true);
  items.takeNow();
  await taking;
});

it.each([
  ["many values", `[${"{},".repeat(150_000)}{}]`],
  ["a long text", JSON.stringify("x".repeat(9_000_000))],
])("a message of %s ends the connection", async (_, params) => {
  const { messages, reader } = connected();
  await messages.take(Buffer.from(`{"jsonrpc":"2.0","method":"x/y","params":${params}}\n`));
  await expect(reader.read()).rejects.toThrow(/longer than 8 MiB, or has too many values/);
});

it("a text with many commas is one value", async () => {
  const { messages, reader } = connected();
  const text = '{"[,'.repeat(150_000);
  await messages.take(bytes({ method: "x/y", params: { text } }));
  expect((await reader.read()).value).toMatchObject({ params: { text } });
});
