import { followTask, type TrunklineClient } from "@trunkline/client";
import { addUser, ServerFixture } from "@trunkline/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

let server: ServerFixture;
let client: TrunklineClient;
let sessionId: string;
let lastSeq: number;
/** Of a longer session, of another user. */
let foreign: { sessionId: string; seq: number };
beforeAll(async () => {
  server = await ServerFixture.start();
  ({ client } = server);
  const run = async (as: TrunklineClient, prompt: string) => {
    const task = await as.task.submit.mutate({ prompt });
    for await (const { type } of followTask(as, task)) if (type === "task.completed") break;
    const detail = await as.session.get.query({ sessionId: task.sessionId });
    return { sessionId: task.sessionId, seq: detail.lastSeq };
  };
  ({ sessionId, seq: lastSeq } = await run(client, "say: short"));
  const other = await addUser(server, "other");
  const text = Array.from({ length: 10 }, () => "say: longer").join("\n");
  foreign = await run(other.client, text);
});
afterAll(async () => server[Symbol.asyncDispose]());

const HOSTILE: [what: string, cursor: () => string][] = [
  ["huge", () => "999999999999999"],
  ["larger than any number", () => "9".repeat(400)],
  ["past what doubles can tell apart", () => "9007199254740993"],
  ["negative", () => "-1"],
  ["text", () => "latest"],
  ["a query", () => "1 or 1=1"],
  ["a fraction", () => "1.5"],
  ["in exponents", () => "1e3"],
  ["hexadecimal", () => "0x10"],
  ["with blanks between", () => "1 2"],
  ["two", () => "1, 2"],
  ["not a number", () => "NaN"],
  ["JSON", () => '{"$gt":0}'],
  ["just past the end", () => String(lastSeq + 1)],
  ["the end of somebody else's session", () => String(foreign.seq)],
];

interface Told {
  status: number;
  reason: string | undefined;
  text: string;
}

/** The first message of a stream, or the response if it did not start. */
async function open(path: string, headers: Record<string, string>): Promise<Told> {
  const leave = new AbortController();
  const answer = await fetch(server.url + path, {
    headers: { authorization: `Bearer ${server.token}`, accept: "text/event-stream", ...headers },
    signal: leave.signal,
  });
  let text = "";
  for await (const chunk of answer.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (/"reason":|"events":|"seq":|: live/.test(text)) break;
  }
  leave.abort();
  return { status: answer.status, reason: /"reason":"(\w+)"/.exec(text)?.[1], text };
}

const ways: [string, (cursor: string) => Promise<Told>][] = [
  ["tRPC's header", async (cursor) => open(trpc({ sessionId }), { "last-event-id": cursor })],
  ["tRPC's input", async (cursor) => open(trpc({ sessionId, lastEventId: cursor }), {})],
  [
    "tRPC's query",
    async (cursor) => open(`${trpc({ sessionId })}&lastEventId=${encodeURIComponent(cursor)}`, {}),
  ],
  ["REST's header", async (cursor) => open(rest(), { "last-event-id": cursor })],
  ["REST's query", async (cursor) => open(`${rest()}?lastEventId=${encodeURIComponent(cursor)}`, {})],
];
const trpc = (input: object) => `/trpc/session.subscribe?input=${encodeURIComponent(JSON.stringify(input))}`;
const rest = () => `/api/sessions/${sessionId}/events`;

describe.each(ways)("a cursor in %s", (_way, ask) => {
  it.each(HOSTILE)("that is %s is refused", async (_what, cursor) => {
    const { reason, text } = await ask(cursor());
    expect(["validation_failed", "cursor_invalid"]).toContain(reason);
    expect(text).not.toContain('"type":"');
    expect(text).not.toMatch(/\bat .+\.[jt]s:\d+/);
  });

  it("that the server gave goes on after it", async () => {
    const { status, reason, text } = await ask("1");
    expect({ status, reason }).toEqual({ status: 200, reason: undefined });
    expect(text).toMatch(/"seq":2,/);
    expect(text).not.toMatch(/"seq":1,/);
  });
});

it("a seq of another session means this one's, and opens no other", async () => {
  const theirs = foreign.sessionId;
  const { reason } = await open(trpc({ sessionId: theirs }), { "last-event-id": "1" });
  expect(reason).toBe("not_found");
  expect((await open(`/api/sessions/${theirs}/events`, { "last-event-id": "1" })).status).toBe(404);
});
