import { createClient } from "@trunkline/client";
import { FakeProvider, ServerFixture, ToxicProxy, waitFor } from "@trunkline/testkit";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { OpenSession } from "./open-session.ts";

let provider: FakeProvider;
let server: ServerFixture;
let opened: OpenSession[];
beforeAll(async () => {
  provider = await FakeProvider.start();
  server = await ServerFixture.start({ env: provider.serverEnv });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
});
beforeEach(() => {
  opened = [];
});
afterEach(() => {
  for (const session of opened) session.close();
});

function open(sessionId: string, errors: unknown[] = []): OpenSession {
  const client = createClient({ url: server.url, token: server.token });
  const session = new OpenSession(client, sessionId, { onError: (error) => void errors.push(error) });
  opened.push(session);
  session.open();
  return session;
}

const texts = (session: OpenSession): string[] =>
  session.state.getState().view.rows.flatMap((row) => (row.kind === "text" ? [row.text.trim()] : []));
const endings = (session: OpenSession): number =>
  session.state.getState().view.rows.filter((row) => row.kind === "end").length;

async function submit(prompt: string, sessionId?: string): Promise<string> {
  return (await server.client.task.submit.mutate({ prompt, sessionId })).sessionId;
}

it("shows what was there, and then what comes", async () => {
  const sessionId = await submit("reply: one");
  const session = open(sessionId);
  await waitFor("the first end", () => endings(session) === 1);
  await submit("reply: two", sessionId);
  await waitFor("the second end", () => endings(session) === 2);
  expect(texts(session)).toEqual(["one", "two"]);
  expect(session.state.getState()).toMatchObject({ phase: "ready", older: "none", connection: "live" });
});

it("begins with the newest events, and reads back to the first", async () => {
  const sessionId = await submit("reply: number 0");
  for (let task = 1; task < 40; task++) await submit(`reply: number ${task}`, sessionId);
  await waitFor("the end of all tasks", async () => {
    const { session } = await server.client.session.get.query({ sessionId });
    return session.status === "idle";
  });
  const session = open(sessionId);
  await waitFor("the newest", () => texts(session).at(-1) === "number 39");
  expect(session.state.getState().older).toBe("some");
  expect(texts(session)).not.toContain("number 0");
  await session.readBackTo(1);
  expect(session.state.getState().older).toBe("none");
  expect(texts(session)).toEqual(Array.from({ length: 40 }, (_, task) => `number ${task}`));
});

it("shows a prompt from the moment that it is sent until its task is there, once", async () => {
  const sessionId = await submit("reply: one");
  const session = open(sessionId);
  await waitFor("the first end", () => endings(session) === 1);
  const sent = session.submit({ prompt: "reply: two", idempotencyKey: "key-1", whenBusy: "enqueue" });
  expect(session.state.getState().outgoing).toMatchObject([{ prompt: "reply: two", taskId: null }]);
  await sent;
  await waitFor("the second end", () => endings(session) === 2);
  expect(session.state.getState().outgoing).toEqual([]);
});

it("does not show a prompt that the server refused", async () => {
  const sessionId = await submit("reply: one");
  const session = open(sessionId);
  await expect(
    session.submit({ prompt: " ", idempotencyKey: "key-2", whenBusy: "enqueue" }),
  ).rejects.toMatchObject({ reason: "validation_failed" });
  expect(session.state.getState().outgoing).toEqual([]);
});

it("begins anew where its cursor is of another log", async () => {
  const sessionId = await submit("reply: one");
  const session = open(sessionId);
  await waitFor("the end", () => endings(session) === 1);
  session.close();
  const { view } = session.state.getState();
  session.state.setState({ view: { ...view, lastSeq: view.lastSeq + 1_000 } });
  session.open();
  await waitFor("the log's own end", () => session.state.getState().view.lastSeq === view.lastSeq);
  expect(session.state.getState().phase).toBe("ready");
  expect(texts(session)).toEqual(["one"]);
});

it("says what is wrong where there is no such session, and tries again when it is told to", async () => {
  const errors: unknown[] = [];
  const session = open("01900000-0000-7000-8000-000000000001", errors);
  await waitFor("the failure", () => session.state.getState().phase === "failed");
  expect(session.state.getState().error).toMatchObject({ reason: "not_found" });
  session.open();
  await waitFor("the second failure", () => errors.length === 2);
});

it("waits for a server that can't be reached when it is opened, and is never given up for it", async () => {
  const sessionId = await submit("reply: one");
  await using proxy = await ToxicProxy.start({ target: server.url });
  await proxy.refuse();
  const client = createClient({ url: proxy.url, token: server.token });
  const session = new OpenSession(client, sessionId);
  opened.push(session);
  const phases: string[] = [];
  session.state.subscribe(({ phase }) => phases.push(phase));
  session.open();
  await waitFor("the first attempt", () => session.state.getState().connection === "waiting");
  expect(session.state.getState().awaySince).not.toBeNull();
  await proxy.accept();
  await waitFor("the live stream", () => session.state.getState().connection === "live");
  await waitFor("the end", () => endings(session) === 1);
  expect(phases).not.toContain("failed");
  expect(session.state.getState()).toMatchObject({ phase: "ready", connection: "live", awaySince: null });
});
