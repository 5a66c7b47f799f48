import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import {
  MAX_BODY_BYTES,
  MAX_CALL_DOCUMENT_BYTES,
  MAX_IMPORT_BODY_BYTES,
  type Services,
  TrunklineError,
} from "@trunkline/contract";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { FakeServices } from "./testing/fake-services.ts";
import { type HttpFixture, JSON_TYPE, openHttpFixture } from "./testing/http-fixture.ts";

/** Calls to the services, and their results. */
const calls: { name: string; input: unknown }[] = [];
const PAGE = { items: [], nextCursor: null };

function recording(): Services {
  const fake = new FakeServices().asServices();
  const record = (name: string) => async (_principal: unknown, input: unknown) => {
    calls.push({ name, input });
    return PAGE;
  };
  const refusing = async (): Promise<never> => {
    throw new TrunklineError("task_not_queued", "It has started");
  };
  // oxlint-disable-next-line require-yield -- it fails before it has anything to give
  async function* failing(): AsyncGenerator<string, void> {
    throw new Error("secret of the inside");
  }
  return {
    ...fake,
    sessions: {
      ...fake.sessions,
      list: record("session.list"),
      exportStream: failing,
      import: record("session.import"),
    },
    tasks: { list: record("task.list"), submit: record("task.submit"), move: refusing },
  } as unknown as Services;
}

let fixture: HttpFixture;
beforeAll(async () => {
  fixture = await openHttpFixture({ services: recording() });
});
afterEach(() => {
  calls.length = 0;
});
afterAll(async () => fixture[Symbol.asyncDispose]());

const post = (path: string, body: unknown) =>
  fixture.sendAsOwner(path, { method: "POST", headers: JSON_TYPE, body: JSON.stringify(body) });

describe("a query's text", () => {
  it("becomes what the procedure's schema wants", async () => {
    await fixture.sendAsOwner("/api/sessions?archived=true&limit=7&query=12");
    await fixture.sendAsOwner("/api/tasks?states=working&states=completed,failed");
    expect(calls).toEqual([
      { name: "session.list", input: { archived: true, limit: 7, query: "12" } },
      { name: "task.list", input: { states: ["working", "completed", "failed"], limit: 50 } },
    ]);
  });

  it.each([
    ["a word for a number", "/api/tasks?limit=many", "limit"],
    ["nothing for a number", "/api/tasks?limit=", "limit"],
    ["a number in disguise", "/api/tasks?limit=0x10", "limit"],
    ["a number past the bound", "/api/tasks?limit=201", "limit"],
    ["a word for yes", "/api/sessions?archived=yes", "archived"],
    ["an unknown state", "/api/tasks?states=working,gone", "states"],
    ["one value twice", "/api/tasks?limit=1&limit=2", "limit"],
    ["the path's field again", `/api/tasks/${randomUUID()}?taskId=${randomUUID()}`, "taskId"],
  ])("is refused where it is %s", async (_name, path, field) => {
    const answer = await fixture.sendAsOwner(path);
    expect(answer.status).toBe(400);
    expect(answer.error().data).toMatchObject({ reason: "validation_failed", httpStatus: 400 });
    expect(answer.error().data.issues?.[0]?.path[0]).toBe(field);
    expect(calls).toEqual([]);
  });

  it.each(["/api/tasks?limit=1&color=red", "/api/server?verbose=1", "/api/sessions?__proto__=1"])(
    "is refused where the field is unknown: %s",
    async (path) => {
      const answer = await fixture.sendAsOwner(path);
      expect(answer.status).toBe(400);
      expect(answer.error().message).toMatch(/Unrecognized key/);
    },
  );
});

describe("a body", () => {
  it.each([
    ["no JSON", "{"],
    ["a list", "[]"],
    ["a string", '"text"'],
    ["null", "null"],
    ["an unknown field", '{"prompt":"x","color":"red"}'],
    ["an inherited field", '{"prompt":"x","__proto__":{"a":1}}'],
  ])("is refused where it is %s", async (_name, body) => {
    const answer = await fixture.sendAsOwner("/api/tasks", { method: "POST", headers: JSON_TYPE, body });
    expect(answer.status).toBe(400);
    expect(answer.error().data).toMatchObject({ reason: "validation_failed", path: "task.submit" });
    expect(calls).toEqual([]);
  });

  it("is not needed where there is nothing to say", async () => {
    const answer = await fixture.sendAsOwner("/api/sessions", { method: "POST" });
    expect(answer.status).toBe(201);
    expect(answer.json()).toMatchObject({ title: "untitled" });
  });

  it.each(["text/plain", "application/x-www-form-urlencoded", undefined])(
    "is not taken as %s",
    async (type) => {
      const answer = await fixture.sendAsOwner("/api/tasks", {
        method: "POST",
        headers: { "content-type": type },
        body: '{"prompt":"x"}',
      });
      expect(answer.status).toBe(415);
    },
  );
});

describe("an error", () => {
  it("of a service has its status and tRPC's shape", async () => {
    const input = { taskId: randomUUID(), beforeTaskId: null };
    const rest = await post(`/api/tasks/${input.taskId}/move`, { beforeTaskId: null });
    const trpc = await post("/trpc/task.move", input);
    expect(rest.status).toBe(409);
    expect(rest.json()).toEqual(trpc.json());
    expect(rest.error().data).toMatchObject({ reason: "task_not_queued", path: "task.move" });
  });

  it("that nobody expected says nothing, and is logged under the request's id", async () => {
    const answer = await fixture.sendAsOwner(`/api/sessions/${randomUUID()}/export`);
    expect(answer.status).toBe(500);
    expect(answer.body).not.toMatch(/secret|stack|\.ts/);
    const line = fixture.logLines.find((candidate) => candidate.includes("secret of the inside"));
    expect(JSON.parse(line!)).toMatchObject({
      level: 50,
      path: "session.export",
      requestId: answer.headers["x-request-id"],
    });
  });

  it("is what an unknown caller gets, whatever the path", async () => {
    for (const path of ["/api/sessions", "/api/activity", "/api/nothing", "/api/openapi.json", "/api/docs"]) {
      expect((await fixture.send(path)).error().data.reason).toBe("unauthorized");
    }
  });

  it("tells which methods a path knows", async () => {
    const answer = await fixture.sendAsOwner("/api/sessions", { method: "DELETE" });
    expect(answer.status).toBe(405);
    expect(answer.headers["allow"]).toBe("POST, GET");
  });
});

describe("an import", () => {
  const padded = (bytes: number) => {
    const json = '{"document":{}}';
    return json + " ".repeat(bytes - json.length);
  };
  it.each([
    ["/trpc/session.import", {}],
    ["/trpc/session.import,session.import?batch=1", {}],
    ["/trpc/session.import", { "transfer-encoding": "chunked" }],
  ])("may be larger than other requests, and not endless: %s %j", async (path, headers) => {
    const send = async (target: string, bytes: number) =>
      fixture.sendAsOwner(target, {
        method: "POST",
        headers: { ...JSON_TYPE, ...headers },
        body: padded(bytes),
      });
    // Read to its end, then refused.
    expect((await send(path, MAX_CALL_DOCUMENT_BYTES)).body).toContain('"reason":"validation_failed"');
    expect((await send(path, MAX_CALL_DOCUMENT_BYTES + 1)).status).toBe(413);
    for (const other of ["/api/sessions", "/trpc/session.import,session.create?batch=1"]) {
      expect((await send(other, MAX_BODY_BYTES + 1)).status).toBe(413);
    }
  });
});

it("an import over REST is refused by the size that it declares, before it is read", async () => {
  const answer = await fixture.sendAsOwner("/api/sessions/import", {
    method: "POST",
    headers: { ...JSON_TYPE, "content-length": String(MAX_IMPORT_BODY_BYTES + 1) },
  });
  expect(answer.status).toBe(413);
});

describe("a stream", () => {
  const sessionId = randomUUID();
  const path = `/api/sessions/${sessionId}/events`;
  const SSE = { accept: "text/event-stream" };
  const event = (seq: number) => ({
    sessionId,
    taskId: null,
    seq,
    at: 1,
    type: "notice" as const,
    data: { level: "info" as const, message: `line one\nline two ${seq}` },
  });

  async function readUntil(stream: IncomingMessage, end: string): Promise<string> {
    let text = "";
    for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
      text += String(chunk);
      if (text.includes(end)) return text;
    }
    return text;
  }

  async function withStreams(play: FakeServices["play"]): Promise<HttpFixture> {
    const own = await openHttpFixture();
    own.services.play = play;
    return own;
  }

  it("tells an event per message, and where history ends", async () => {
    await using own = await withStreams(async function* () {
      yield { events: [event(1), event(2)], live: false };
      yield { events: [event(3)], live: true };
      yield { events: [event(4)], live: true };
    });
    const answer = await own.sendAsOwner(path, { headers: SSE });
    expect(answer.headers).toMatchObject({
      "content-type": "text/event-stream",
      "cache-control": "no-cache, no-transform",
      "x-request-id": expect.any(String),
    });
    const message = (seq: number) => `id: ${seq}\ndata: ${JSON.stringify(event(seq))}\n\n`;
    expect(answer.body).toBe(`: connected\n\n${message(1)}${message(2)}${message(3)}: live\n\n${message(4)}`);
  });

  it("starts after what the client has: header, query, header over query", async () => {
    const cursors: unknown[] = [];
    await using own = await withStreams(async function* (_principal, input) {
      cursors.push(input.lastEventId);
      yield { events: [], live: true };
    });
    await own.sendAsOwner(path, { headers: { ...SSE, "last-event-id": "41" } });
    await own.sendAsOwner(`${path}?lastEventId=7`, { headers: SSE });
    await own.sendAsOwner(`${path}?lastEventId=7`, { headers: { ...SSE, "last-event-id": "41" } });
    expect(cursors).toEqual([41, 7, 41]);
  });

  it.each([
    ["an unknown session", 404, "not_found"],
    ["a cursor past the end", 400, "cursor_invalid"],
    ["a foreign one", 403, "forbidden"],
  ] as const)("is refused with a status: %s", async (_name, status, reason) => {
    // oxlint-disable-next-line require-yield -- it fails before its first batch
    await using own = await withStreams(async function* () {
      throw new TrunklineError(reason, "no");
    });
    const answer = await own.sendAsOwner(path, { headers: SSE });
    expect(answer.status).toBe(status);
    expect(answer.error().data).toMatchObject({ reason, path: "session.subscribe" });
    await vi.waitFor(() => expect(own.services.openStreams).toBe(0), 60_000);
  });

  it.each([`${path}?lastEventId=x`, `${path}?after=1`, "/api/sessions/nobody/events"])(
    "is refused with 400: %s",
    async (target) => {
      const answer = await fixture.sendAsOwner(target, { headers: SSE });
      expect(answer.status).toBe(400);
      expect(answer.error().data.reason).toBe("validation_failed");
    },
  );

  it("that fails later says so in its last message", async () => {
    await using own = await withStreams(async function* () {
      yield { events: [event(1)], live: true };
      throw new TrunklineError("not_found", "The session was deleted");
    });
    const { body } = await own.sendAsOwner(path, { headers: SSE });
    const [, last = ""] = body.split("event: failure\ndata: ");
    expect(JSON.parse(last)).toMatchObject({ error: { data: { reason: "not_found", httpStatus: 404 } } });
  });

  it("ends when its client leaves, and when the server does", async () => {
    await using own = await openHttpFixture();
    const headers = { ...SSE, authorization: `Bearer ${own.token}` };
    const first = await own.openStream(path, headers);
    expect(await readUntil(first, ": live\n\n")).toContain(": live\n\n");
    expect(own.services.openStreams).toBe(1);
    first.destroy();
    await vi.waitFor(() => expect(own.services.openStreams).toBe(0), 60_000);
    const second = await own.openStream(path, headers);
    await readUntil(second, ": live\n\n");
    await own.server.close(1_000);
    expect(await readUntil(second, "never")).toBe("");
  });

  it("is what `Accept` asks for, and a page is what it does not", async () => {
    await using own = await withStreams(async function* () {
      yield { events: [], live: true };
    });
    const typeFor = async (accept?: string) =>
      (await own.sendAsOwner(path, { headers: { accept } })).headers["content-type"];
    for (const accept of ["text/event-stream", "text/event-stream, application/json;q=0.5"]) {
      expect(await typeFor(accept)).toBe("text/event-stream");
    }
    for (const accept of [undefined, "*/*", "application/json", "text/html", "text/event-stream;q=0"]) {
      expect(await typeFor(accept)).toBe("application/json");
    }
  });
});
