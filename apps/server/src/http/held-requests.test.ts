import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { EventPage } from "@trunkline/contract";
import { waitFor } from "@trunkline/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { BODY_BYTES_PER_USER } from "./request-body.ts";
import { type HttpFixture, LIST, openHttpFixture } from "./testing/http-fixture.ts";

const SESSION_ID = randomUUID();
const EVENTS = `/api/sessions/${SESSION_ID}/events`;

describe("what one user holds open", () => {
  let fixture: HttpFixture;
  let sockets: Socket[];
  beforeEach(async () => {
    sockets = [];
    fixture = await openHttpFixture({ held: { requests: 3, unreadBytes: 30_000_000 } });
  });
  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    await fixture[Symbol.asyncDispose]();
  });

  /** Sends a request, whose answer nobody reads. */
  function open(request: string, headers: readonly string[] = [], token = fixture.token): Socket {
    const socket = connect(fixture.port, "127.0.0.1").pause();
    sockets.push(socket);
    socket.on("error", () => undefined);
    const lines = [
      `${request} HTTP/1.1`,
      `Host: 127.0.0.1:${fixture.port}`,
      `Authorization: Bearer ${token}`,
    ];
    socket.write(`${[...lines, ...headers].join("\r\n")}\r\n\r\n`);
    return socket;
  }

  /** Has calls wait for the end of the test. @returns how many have begun */
  function holdCalls(): () => number {
    let begun = 0;
    fixture.services.events = async () => {
      begun += 1;
      return new Promise(() => undefined);
    };
    return () => begun;
  }

  it("is no more than so many requests at once", async () => {
    const begun = holdCalls();
    for (let count = 0; count < 3; count++) open(`GET ${EVENTS}`);
    await waitFor("the calls", () => begun() === 3);
    const refused = await fixture.sendAsOwner(LIST);
    expect(refused.status).toBe(429);
    expect(refused.error().message).toContain("Too many requests at once (limit 3)");
    sockets[0]?.destroy();
    await waitFor("room", async () => (await fixture.sendAsOwner(LIST)).status === 200);
  });

  it("does not count live streams, which have a limit of their own", async () => {
    const path = `/trpc/session.subscribe?input=${encodeURIComponent(JSON.stringify({ sessionId: randomUUID() }))}`;
    for (let count = 0; count < 5; count++) open(`GET ${path}`);
    await waitFor("the streams", () => fixture.services.openStreams === 5);
    expect((await fixture.sendAsOwner(LIST)).status).toBe(200);
  });

  it("is no more than so much unread: connections are closed until it is", async () => {
    const data = { blockId: "b", text: "x".repeat(20_000_000) };
    const at = { seq: 1, sessionId: SESSION_ID, taskId: null, at: 1 };
    const page: EventPage = { events: [{ ...at, type: "text.ended", data }], hasMore: false };
    fixture.services.events = async () => page;
    expect((await fixture.sendAsOwner(EVENTS)).status).toBe(200);
    for (let count = 0; count < 2; count++) open(`GET ${EVENTS}`);
    const said = await waitFor("the log", () =>
      fixture.logLines.find((line) => line.includes("do not read")),
    );
    expect(JSON.parse(said)).toMatchObject({ closed: 1 });
  });
});

describe("bodies of one user that do not come", () => {
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

  /** A call whose server says that it is waiting for the body. */
  async function begin(length: number): Promise<Socket> {
    const socket = connect(fixture.port, "127.0.0.1");
    sockets.push(socket);
    socket.on("error", () => undefined);
    const lines = ["POST /api/sessions HTTP/1.1", `Host: 127.0.0.1:${fixture.port}`, "Expect: 100-continue"];
    lines.push(`Authorization: Bearer ${fixture.token}`, "Content-Type: application/json");
    socket.write(`${lines.join("\r\n")}\r\nContent-Length: ${length}\r\n\r\n`);
    await once(socket, "data");
    return socket;
  }
  /** Calls of one user are begun in their order: when this one is answered, those before it have got to their bodies. */
  const passed = async (): Promise<void> => void (await fixture.sendAsOwner(LIST));

  it("keep the next one waiting where they would be too much, until one of them goes", async () => {
    const length = 1_000_000;
    const holding: Socket[] = [];
    for (let bytes = 0; bytes < BODY_BYTES_PER_USER; bytes += length) holding.push(await begin(length));
    await passed();
    const waiting = await begin(2);
    waiting.write("{}");
    await passed();
    await passed();
    expect(fixture.services.created).toEqual([]);
    holding[0]?.destroy();
    expect(String(await once(waiting, "data"))).toMatch(/^HTTP\/1\.1 201 /);
  });

  it("take no place once they are gone, also where they were waiting", async () => {
    const length = 1_000_000;
    for (let bytes = 0; bytes < 2 * BODY_BYTES_PER_USER; bytes += length) await begin(length);
    await passed();
    for (const socket of sockets) socket.destroy();
    const next = await begin(2);
    next.write("{}");
    expect(String(await once(next, "data"))).toMatch(/^HTTP\/1\.1 201 /);
  });
});
