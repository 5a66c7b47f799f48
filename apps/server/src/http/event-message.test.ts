import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { text as textOf } from "node:stream/consumers";
import { afterEach, expect, test } from "vitest";
import { EventMessage } from "./event-message.ts";
import { type StreamFrame, writeMessages } from "./event-stream.ts";

const FRAME: StreamFrame = {
  opening: ": connected\n\n",
  ping: ": ping\n\n",
  failure: (error) => `event: failure\ndata: ${String(error)}\n\n`,
};

let stop: (() => Promise<void>) | undefined;
afterEach(async () => stop?.());

/** A server that answers each request with these texts as a stream. @returns its port and how many items were taken. */
async function serve(texts: () => AsyncIterable<string>, frame: StreamFrame = FRAME) {
  const server = createServer((_request, response: ServerResponse) => {
    const ending = new AbortController();
    response.once("close", () => ending.abort());
    const write = async (): Promise<void> =>
      writeMessages(response, texts(), {
        frame,
        encode: (text) => new EventMessage(text),
        signal: ending.signal,
        headers: new Headers(),
        failed: () => undefined,
      });
    // As a handler would that has awaited something: what is written so leaves the response only later.
    queueMicrotask(() => void write());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  stop = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return (server.address() as AddressInfo).port;
}

async function opened(port: number, request: string): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  socket.write(request);
  return socket;
}

/** Some in one turn of the event loop, some in turns of their own. */
async function* pieces(): AsyncGenerator<string> {
  yield "data: first\n\n";
  yield "data: zweites ü 😀\n\n";
  await new Promise(setImmediate);
  yield "data: third\n\n";
  await new Promise(setImmediate);
  yield `data: ${"long ".repeat(50_000)}\n\n`;
  yield "data: last\n\n";
}
const PIECES = (await Array.fromAsync(pieces())).join("");

test.each([": connected\n\n", ""])(
  "a stream that opens with %j is read as it was written",
  async (opening) => {
    const port = await serve(pieces, { ...FRAME, opening });
    const answer = await fetch(`http://127.0.0.1:${port}/`);
    expect(answer.headers.get("transfer-encoding")).toBe("chunked");
    expect(await answer.text()).toBe(opening + PIECES);
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe(opening + PIECES);
  },
);

test("a client of HTTP/1.0 gets no chunks", async () => {
  const port = await serve(pieces);
  const socket = await opened(port, "GET / HTTP/1.0\r\n\r\n");
  const answer = await textOf(socket);
  expect(answer.slice(answer.indexOf("\r\n\r\n") + 4)).toBe(FRAME.opening + PIECES);
});

test("two requests on one connection are answered one after the other", async () => {
  const port = await serve(pieces);
  const request = "GET / HTTP/1.1\r\nHost: localhost\r\n";
  const socket = await opened(port, `${request}\r\n${request}Connection: close\r\n\r\n`);
  const answer = await textOf(socket);
  const bodies = answer.split(/HTTP\/1\.1 200 OK\r\n[^]*?\r\n\r\n/).slice(1);
  expect(bodies.map(withoutChunks)).toEqual([FRAME.opening + PIECES, FRAME.opening + PIECES]);
});

test("a client that reads nothing holds the source back, and gets everything once it reads", async () => {
  const text = `data: ${"x".repeat(100_000)}\n\n`;
  let taken = 0;
  const port = await serve(async function* () {
    for (; taken < 500; taken++) yield text;
  });
  const socket = connect(port, "127.0.0.1").pause();
  await once(socket, "connect");
  socket.write("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  await expect.poll(() => taken).toBeGreaterThan(0);
  let before = -1;
  // What the sockets' buffers take is a few MB.
  await expect.poll(() => before === (before = taken), { interval: 200 }).toBe(true);
  expect(taken).toBeLessThan(400);
  const answer = await textOf(socket);
  expect(withoutChunks(answer.slice(answer.indexOf("\r\n\r\n") + 4))).toBe(FRAME.opening + text.repeat(500));
});

test("a failure is the last message", async () => {
  const port = await serve(async function* () {
    yield "data: 1\n\n";
    await new Promise(setImmediate);
    throw new Error("lost");
  });
  expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe(
    `${FRAME.opening}data: 1\n\nevent: failure\ndata: Error: lost\n\n`,
  );
});

/** Reads chunks strictly, up to the last one. */
function withoutChunks(body: string): string {
  const bytes = Buffer.from(body);
  const parts: Buffer[] = [];
  for (let at = 0; ;) {
    const end = bytes.indexOf("\r\n", at);
    const length = Number.parseInt(bytes.toString("latin1", at, end), 16);
    const next = end + 2 + length;
    expect(bytes.toString("latin1", next, next + 2)).toBe("\r\n");
    if (length === 0) return Buffer.concat(parts).toString();
    parts.push(bytes.subarray(end + 2, next));
    at = next + 2;
  }
}
