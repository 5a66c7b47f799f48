import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type HttpFixture, openHttpFixture } from "./testing/http-fixture.ts";

let fixture: HttpFixture;
let upstream: Server;
let asked: IncomingMessage[];
beforeEach(async () => {
  asked = [];
  upstream = createServer((_incoming, outgoing) => outgoing.end("page"));
  upstream.on("upgrade", (incoming, socket) => {
    asked.push(incoming);
    socket.write(
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: yes\r\n\r\nhello ",
    );
    socket.pipe(socket);
  });
  upstream.listen(0, "127.0.0.1");
  await once(upstream, "listening");
});
afterEach(async () => {
  await fixture[Symbol.asyncDispose]();
  upstream.close();
});

const open = async (mode: "development" | "production") => {
  const url = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
  fixture = await openHttpFixture({ web: { mode, url: () => url, problem: () => null } });
};

/** PORT stands for the server's port. @returns everything received up to `until` or the end */
async function upgrade(path: string, origin: string | undefined, until: string, host = "localhost:PORT") {
  const lines = [
    `GET ${path} HTTP/1.1`,
    `Host: ${host}`,
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    `Cookie: trunkline_PORT=${fixture.token}`,
    ...(origin === undefined ? [] : [`Origin: ${origin}`]),
  ];
  const socket: Socket = connect(fixture.port, "127.0.0.1");
  socket.write(`${lines.join("\r\n").replaceAll("PORT", String(fixture.port))}\r\n\r\necho`);
  let text = "";
  for await (const chunk of socket) {
    text += String(chunk);
    if (text.endsWith(until)) break;
  }
  return text;
}

describe("the development socket", () => {
  it("is passed on from our own page, without credentials", async () => {
    await open("development");
    const answer = await upgrade("/_next/hmr?id=1", "http://localhost:PORT", "echo");
    expect(answer).toMatch(/^HTTP\/1\.1 101 [\s\S]*Sec-WebSocket-Accept: yes\r\n\r\nhello echo$/);
    expect(asked[0]?.url).toBe("/_next/hmr?id=1");
    expect(asked[0]?.headers.cookie).toBeUndefined();
  });

  it.each([
    ["a foreign origin", "/_next/hmr", "http://localhost:3000", undefined],
    ["no origin", "/_next/hmr", undefined, undefined],
    ["a foreign host", "/_next/hmr", "http://evil.example", "evil.example"],
    ["another path", "/trpc/x", "http://localhost:PORT", undefined],
  ])("is refused to %s", async (_name, path, origin, host) => {
    await open("development");
    const answer = await upgrade(path, origin, "never", host);
    expect(answer).toMatch(/^HTTP\/1\.1 403 /);
    expect(asked).toEqual([]);
  });

  it("E8: ends at once when the server closes", async () => {
    await open("development");
    const socket = connect(fixture.port, "127.0.0.1");
    const host = `localhost:${fixture.port}`;
    socket.write(
      `GET /_next/hmr HTTP/1.1\r\nHost: ${host}\r\nOrigin: http://${host}\r\nConnection: Upgrade\r\n` +
        "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
    );
    await once(socket, "data");
    const ended = once(socket, "close");
    // A grace period far beyond the test's own timeout: the server must not need it.
    await fixture.server.close(600_000);
    await ended;
    expect(socket.destroyed).toBe(true);
  });

  it("does not exist in production", async () => {
    await open("production");
    const headers = { connection: "Upgrade", upgrade: "websocket", origin: fixture.url };
    const answer = await fixture.send("/_next/hmr", { headers });
    expect([answer.status, answer.body]).toEqual([200, "page"]);
    expect(asked).toEqual([]);
  });
});
