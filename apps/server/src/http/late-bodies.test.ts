import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { revokeTokens } from "../auth/testing/auth-fixture.ts";
import { BODY_BYTES_PER_USER } from "./request-body.ts";
import { type HttpFixture, LIST, openHttpFixture } from "./testing/http-fixture.ts";

describe("a body that comes once its caller was shut out", () => {
  let fixture: HttpFixture;
  let sockets: Socket[];
  beforeEach(async () => {
    fixture = await openHttpFixture();
    sockets = [];
  });
  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    await fixture[Symbol.asyncDispose]();
  });

  const BODY = JSON.stringify({ title: "late" });

  /** A call whose body is yet to come. */
  async function begin(path: string, length: number): Promise<Socket> {
    const socket = connect(fixture.port, "127.0.0.1");
    sockets.push(socket);
    socket.on("error", () => undefined);
    const lines = [
      `POST ${path} HTTP/1.1`,
      `Host: 127.0.0.1:${fixture.port}`,
      "Expect: 100-continue",
      "Connection: close",
      `Authorization: Bearer ${fixture.token}`,
      "Content-Type: application/json",
      `Content-Length: ${length}`,
    ];
    socket.write(`${lines.join("\r\n")}\r\n\r\n`);
    await once(socket, "data");
    return socket;
  }
  /** Calls of one user are begun in their order: when this one is answered, those before it have got to their bodies. */
  const passed = async (): Promise<void> => void (await fixture.sendAsOwner(LIST));
  async function shutOut(): Promise<void> {
    await revokeTokens(fixture.auth.store, fixture.auth.clock.now, "api");
    fixture.auth.auth.tokensRevoked();
  }

  it.each(["/api/sessions", "/trpc/session.create"])("is refused, and nothing done: %s", async (path) => {
    const socket = await begin(path, BODY.length);
    await passed();
    await shutOut();
    socket.write(BODY);
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 401 .*was revoked/s);
    expect(fixture.services.created).toEqual([]);
  });

  it("is refused as well where it had come, and waited for room", async () => {
    const length = 1_000_000;
    const holding: Socket[] = [];
    for (let bytes = 0; bytes < BODY_BYTES_PER_USER; bytes += length)
      holding.push(await begin("/api/sessions", length));
    await passed();
    const socket = await begin("/api/sessions", BODY.length);
    socket.write(BODY);
    await passed();
    await shutOut();
    holding[0]?.destroy();
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 401 .*was revoked/s);
    expect(fixture.services.created).toEqual([]);
  });

  it("is taken where nobody was", async () => {
    const socket = await begin("/api/sessions", BODY.length);
    await passed();
    socket.write(BODY);
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 201 /);
    expect(fixture.services.created).toHaveLength(1);
  });
});
