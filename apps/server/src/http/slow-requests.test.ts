import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { waitFor } from "@trunkline/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { cutSlowRequests, PATIENCE } from "./slow-requests.ts";
import { type HttpFixture, openHttpFixture } from "./testing/http-fixture.ts";

describe("a request that comes slowly", () => {
  let server: Server;
  let clock: number;
  let look: () => void;
  let arrived: IncomingMessage | undefined;
  beforeEach(async () => {
    clock = 0;
    arrived = undefined;
    server = createServer((incoming, outgoing) => {
      arrived = incoming;
      incoming.on("end", () => outgoing.end("whole")).on("error", () => undefined);
      incoming.resume();
    });
    look = cutSlowRequests(server, PATIENCE, () => clock);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
  });
  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });

  async function post(path: string, length: number): Promise<{ socket: Socket; answer: Promise<string> }> {
    const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
    const answer = text(socket);
    socket.write(
      `POST ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: ${length}\r\n\r\n`,
    );
    await waitFor("the request", () => arrived);
    return { socket, answer };
  }
  async function send(socket: Socket, bytes: number): Promise<void> {
    const before = arrived!.socket.bytesRead;
    socket.write(Buffer.alloc(bytes));
    await waitFor("the bytes", () => arrived!.socket.bytesRead >= before + bytes);
  }

  it.each(["/api/sessions/import?importKey=a", "/api/blobs"])(
    "has the time that it needs, where it is an upload to %s: an hour, here",
    async (path) => {
      const { socket, answer } = await post(path, 60 * 20_000);
      for (let minute = 0; minute < 60; minute++) {
        await send(socket, 20_000);
        clock += 60_000;
        look();
      }
      expect(await answer).toMatch(/^HTTP\/1\.1 200 .*whole/s);
    },
  );

  it("is cut off where an upload stands still, or only drips", async () => {
    for (const bytes of [0, 100]) {
      const { socket, answer } = await post("/api/sessions/import", 1_000_000);
      await send(socket, 100_000);
      clock += 60_000;
      look();
      await send(socket, bytes);
      clock += 60_000;
      look();
      expect(await answer).toMatch(/^HTTP\/1\.1 408 /);
      arrived = undefined;
    }
  });

  it("is cut off after a minute where it is an ordinary call, however much it brings", async () => {
    const { socket, answer } = await post("/trpc/task.submit", 1_000_000);
    await send(socket, 500_000);
    clock += 59_999;
    look();
    expect(arrived?.destroyed).toBe(false);
    clock += 1;
    look();
    expect(await answer).toMatch(/^HTTP\/1\.1 408 /);
  });
});

describe("a request that breaks off", () => {
  let fixture: HttpFixture;
  const failed = new Map<string, unknown>();
  beforeEach(async () => {
    failed.clear();
    const consume = async (source: AsyncIterable<Uint8Array>, name: string): Promise<never> => {
      try {
        for await (const _chunk of source) continue;
      } catch (error) {
        failed.set(name, error);
        throw error;
      }
      throw new Error("it was whole");
    };
    fixture = await openHttpFixture({
      services: {
        sessions: {
          importStream: async (_by: unknown, source: AsyncIterable<Uint8Array>) => consume(source, "import"),
        },
        blobs: { create: async (_by: unknown, source: AsyncIterable<Uint8Array>) => consume(source, "blob") },
      } as never,
    });
  });
  afterEach(async () => fixture[Symbol.asyncDispose]());

  it.each([
    ["/api/sessions/import", "application/json"],
    ["/api/blobs", "application/octet-stream"],
    ["/api/tasks", "application/json"],
    ["/api/sessions", "application/json"],
    ["/trpc/session.create", "application/json"],
    ["/sign-in", "application/json"],
    ["/invite", "application/json"],
  ])("is no failure of the server's: POST %s", async (path, type) => {
    const socket = connect(fixture.port, "127.0.0.1");
    const length = path.includes("import") || path.includes("blobs") ? 50_000_000 : 1_000;
    const head = [
      `POST ${path} HTTP/1.1`,
      `Host: 127.0.0.1:${fixture.port}`,
      `Authorization: Bearer ${fixture.token}`,
      `Origin: ${fixture.url}`,
      `Content-Type: ${type}`,
      `Content-Length: ${length}`,
    ];
    socket.write(`${head.join("\r\n")}\r\n\r\n{"prompt":`);
    socket.on("error", () => undefined);
    await new Promise((resolve) => socket.write(" ".repeat(500), resolve));
    // Behind it on another connection: by then the first has reached its handler.
    await fixture.send("/health");
    socket.resetAndDestroy();
    const lines = () => fixture.logLines.map((line) => JSON.parse(line) as { level: number; path?: string });
    await waitFor("its line in the log", () => lines().some((line) => line.path === path));
    expect(lines().filter(({ level }) => level >= 50)).toEqual([]);
    for (const error of failed.values()) expect(error).toMatchObject({ reason: "validation_failed" });
  });
});
