import { setTimeout as delay } from "node:timers/promises";
import { TRPCClientError } from "@trpc/client";
import { TrunklineError, type EventBatch, type ServerInfo } from "@trunkline/contract";
import { expect, it } from "vitest";
import { isApiError } from "./api-error.ts";
import { downloadBlob } from "./blob-download.ts";
import { createClient } from "./client.ts";
import { TrunklineConnectionError } from "./connection-error.ts";
import { followSession } from "./follow-session.ts";
import { followTask } from "./follow-task.ts";
import { startContractServer } from "./testing/contract-server.ts";
import { startProtocolServer, textEvent } from "./testing/protocol-server.ts";

const SESSION = "01999999-0000-7000-8000-000000000001";

const info: ServerInfo = {
  name: "trunkline",
  version: "1.2.3",
  model: "demo",
  demo: true,
  tools: [],
  sandbox: { mode: "auto", active: true, reason: null },
  limits: { concurrency: 16, maxPromptLength: 10, maxBodyBytes: 10 },
};

const thrownBy = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => expect.unreachable("It should have been refused"),
    (error: unknown) => error,
  );

it("calls procedures, and puts calls of one tick into requests of at most 20", async () => {
  await using server = await startContractServer({ server: { info: async () => info } });
  const client = createClient({ ...server, url: `${server.url}/` });
  const answers = await Promise.all(Array.from({ length: 25 }, () => client.server.info.query()));
  expect(answers).toEqual(Array.from({ length: 25 }, () => info));
  expect(server.requestUrls).toHaveLength(2);
});

it("tells refusals apart by their reason", async () => {
  await using server = await startContractServer({
    sessions: {
      get: async () => {
        throw new TrunklineError("not_found", "There is no such session");
      },
    },
  });
  const anonymous = createClient({ url: server.url, token: "wrong" });
  expect(isApiError(await thrownBy(anonymous.server.info.query()), "unauthorized")).toBe(true);

  const isSecret = "no token\nbut a secret";
  expect(() => createClient({ url: server.url, token: isSecret })).toThrow(/^The token is not one/);

  const client = createClient(server);
  const missing = await thrownBy(client.session.get.query({ sessionId: SESSION }));
  expect(isApiError(missing, "not_found")).toBe(true);
  expect(isApiError(missing, "forbidden")).toBe(false);
  expect(missing).toBeInstanceOf(TRPCClientError);
  expect(missing).toMatchObject({
    name: "TrunklineApiError",
    message: "There is no such session",
    httpStatus: 404,
    data: { code: "NOT_FOUND", path: "session.get" },
  });

  const invalid = await thrownBy(client.task.submit.mutate({ prompt: " " }));
  expect(invalid).toMatchObject({
    reason: "validation_failed",
    httpStatus: 400,
    issues: [{ path: ["prompt"], message: "The prompt is empty" }],
  });
});

it("says that nobody is there, or somebody else", async () => {
  const gone = await startProtocolServer(() => {});
  await gone[Symbol.asyncDispose]();
  const nobody = await thrownBy(createClient({ url: gone.url }).server.info.query());
  expect(nobody).toBeInstanceOf(TrunklineConnectionError);
  expect(nobody).toMatchObject({ message: expect.stringContaining("ECONNREFUSED") });

  await using other = await startProtocolServer((request, count) => {
    if (count === 1) request.fail(200, "<html>hello</html>");
    else if (count === 2) request.fail(200, `{"hello":1}`, { "content-type": "application/json" });
    else if (count === 3) request.fail(503, "<html>starting</html>", { "retry-after": "3" });
    else request.fail(413, `{"error":{"message":"Too much"}}`, { "content-type": "application/json" });
  });
  const client = createClient({ url: other.url });
  expect(await thrownBy(client.server.info.query())).toBeInstanceOf(TrunklineConnectionError);
  expect(await thrownBy(client.server.info.query())).toBeInstanceOf(TrunklineConnectionError);
  expect(await thrownBy(client.server.info.query())).toMatchObject({
    reason: "unavailable",
    httpStatus: 503,
    retryAfterMs: 3_000,
  });
  expect(await thrownBy(client.server.info.query())).toMatchObject({
    reason: "payload_too_large",
    message: "Too much",
  });
});

it("sends again what came on a connection that the server was just giving up", async () => {
  await using server = await startProtocolServer((request, count) => {
    if (count % 2 === 1) request.fail(408, "", { connection: "close" });
    else request.fail(200, `[{"result":{"data":{"model":"demo"}}}]`, { "content-type": "application/json" });
  });
  const client = createClient({ url: server.url });
  await expect(client.server.info.query()).resolves.toEqual({ model: "demo" });
  await expect(client.task.submit.mutate({ prompt: "once" })).resolves.toEqual({ model: "demo" });
  expect(server.requests).toBe(4);

  await using busy = await startProtocolServer((request) => request.fail(408, ""));
  const late = await thrownBy(createClient({ url: busy.url }).server.info.query());
  expect(late).toMatchObject({ reason: "unavailable", httpStatus: 408 });
  expect(busy.requests).toBe(2);
});

it("follows no redirect: neither prompts nor answers are for another host", async () => {
  const moved = new URL("http://127.0.0.1:1/");
  await using other = await startContractServer({ server: { info: async () => info } });
  await using server = await startProtocolServer((request) =>
    request.fail(307, "", { location: new URL("/trpc/server.info?batch=1&input=%7B%7D", moved).href }),
  );
  moved.port = new URL(other.url).port;
  const client = createClient({ url: server.url, token: other.token });
  const says = {
    name: "TrunklineConnectionError",
    message: expect.stringContaining("unexpected redirect"),
  };
  expect(await thrownBy(client.server.info.query())).toMatchObject(says);
  expect(await thrownBy(client.task.submit.mutate({ prompt: "for one server" }))).toMatchObject(says);
  expect(await thrownBy(downloadBlob(client, { sha256: "0", mediaType: "text/plain" }))).toMatchObject(says);
  expect(other.requestUrls).toEqual([]);
});

it("follows the contract's own subscription, over the services' restarts", async () => {
  const cursors: (number | undefined)[] = [];
  await using server = await startContractServer({
    sessions: {
      async *subscribe(_principal, { lastEventId }): AsyncGenerator<EventBatch> {
        cursors.push(lastEventId);
        const next = (lastEventId ?? 0) + 1;
        yield { events: [textEvent(next), textEvent(next + 1)], live: false };
        yield { events: [], live: true };
        if (next > 3) return;
        // Give what was sent time to arrive before the connection ends.
        await delay(20);
        throw new Error("The store went away");
      },
    },
  });
  const seen: number[] = [];
  const client = createClient(server);
  const errors: unknown[] = [];
  for await (const { events, live } of followSession(client, {
    sessionId: SESSION,
    backoff: { minMs: 1, maxMs: 2 },
    onState: ({ error }) => error !== undefined && errors.push(error),
  })) {
    seen.push(...events.map(({ seq }) => seq));
    if (live && seen.length >= 6) break;
  }
  expect(seen).toEqual([1, 2, 3, 4, 5, 6]);
  expect(cursors).toEqual([undefined, 2, 4]);
  expect(errors).toHaveLength(2);
  expect(isApiError(errors[0], "internal")).toBe(true);
});

it("a stream ends with the contract's refusals", async () => {
  await using server = await startContractServer({
    sessions: {
      async *subscribe() {
        yield { events: [textEvent(1)], live: true };
        throw new TrunklineError("cursor_invalid", "Start again from the beginning");
      },
    },
  });
  const first = async (token: string, sessionId: string): Promise<void> => {
    for await (const _ of followSession(createClient({ url: server.url, token }), { sessionId })) continue;
  };
  expect(await thrownBy(first("wrong", SESSION))).toMatchObject({ reason: "unauthorized", httpStatus: 401 });
  expect(await thrownBy(first(server.token, "nonsense"))).toMatchObject({ reason: "validation_failed" });
  expect(await thrownBy(first(server.token, SESSION))).toMatchObject({
    reason: "cursor_invalid",
    httpStatus: 400,
    message: "Start again from the beginning",
  });
});

it("follows one task to its end, past the events of others", async () => {
  await using server = await startContractServer({
    sessions: {
      async *subscribe(): AsyncGenerator<EventBatch> {
        const completed = (seq: number, taskId: string) =>
          ({ sessionId: SESSION, taskId, seq, at: 0, type: "task.completed", data: { result: "" } }) as const;
        yield {
          events: [textEvent(1), { ...textEvent(2), taskId: "other" }, completed(3, "other")],
          live: false,
        };
        yield { events: [completed(4, "t"), { ...textEvent(5), taskId: null }], live: true };
        await new Promise(() => {});
      },
    },
  });
  const seen: number[] = [];
  for await (const { seq } of followTask(createClient(server), { sessionId: SESSION, taskId: "t" }))
    seen.push(seq);
  expect(seen).toEqual([1, 4]);
});

it("sends a mutation once that is called again while it is in flight, if asked to", async () => {
  const asked: (string | undefined)[] = [];
  await using server = await startContractServer({
    sessions: {
      async update(_, { title }) {
        asked.push(title);
        throw new TrunklineError("not_found", `There is no ${title}`);
      },
    },
  });
  const rename = (client: ReturnType<typeof createClient>, title: string) =>
    thrownBy(client.session.update.mutate({ sessionId: SESSION, title }));
  const joining = createClient({ ...server, joinsCalls: true });
  const answers = await Promise.all(["a", "a", "b"].map((title) => rename(joining, title)));
  expect(answers.map(String).join()).toMatch(/no a\b.*no a\b.*no b\b/);
  expect(asked).toEqual(["a", "b"]);
  await rename(joining, "a");
  expect(asked).toEqual(["a", "b", "a"]);

  const plain = createClient(server);
  await Promise.all([rename(plain, "c"), rename(plain, "c")]);
  expect(asked.slice(3)).toEqual(["c", "c"]);
});
