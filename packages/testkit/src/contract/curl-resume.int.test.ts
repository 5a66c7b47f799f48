import { spawn } from "node:child_process";
import { once } from "node:events";
import type { SessionEvent } from "@trunkline/contract";
import { afterAll, beforeAll, expect, it } from "vitest";
import { assertLogHolds, assertReceivedEqualsLog, isTerminalEvent } from "../event-log-checkers.ts";
import { FakeProvider } from "../fake-provider/fake-provider.ts";
import { readLog } from "../read-log.ts";
import { seededRandom } from "../seeded-random.ts";
import { ServerFixture } from "../server-fixture.ts";

let provider: FakeProvider;
let server: ServerFixture;
beforeAll(async () => {
  provider = await FakeProvider.start();
  server = await ServerFixture.start({ env: provider.serverEnv });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
});

/**
 * `curl -N` on the stream, killed after this many events or at the end of the task.
 * @returns its complete messages; a truncated one does not count (WHATWG HTML, 9.2.6)
 */
async function curl(sessionId: string, lastEventId: number, count: number): Promise<SessionEvent[]> {
  const url = `${server.url}/api/sessions/${sessionId}/events`;
  const headers = ["Accept: text/event-stream", `Authorization: Bearer ${server.token}`];
  if (lastEventId > 0) headers.push(`Last-Event-ID: ${lastEventId}`);
  const options = ["-N", "-s", "--fail", "--max-time", "20", ...headers.flatMap((header) => ["-H", header])];
  const child = spawn("curl", [...options, url], { stdio: ["ignore", "pipe", "ignore"] });
  const closed = once(child, "close");
  const events: SessionEvent[] = [];
  let text = "";
  for await (const chunk of child.stdout.setEncoding("utf8")) {
    text += String(chunk);
    const messages = text.split("\n\n");
    text = messages.pop() ?? "";
    events.push(...messages.flatMap(eventOf));
    if (events.length >= count || events.some(isTerminalEvent)) break;
  }
  child.kill("SIGKILL");
  await closed;
  return events;
}

function eventOf(message: string): SessionEvent[] {
  if (message.startsWith(":")) return [];
  const [, id, data = ""] = /^id: (\d+)\ndata: (.*)$/.exec(message) ?? [];
  const event = JSON.parse(data) as SessionEvent;
  expect(Number(id)).toBe(event.seq);
  return [event];
}

it("curl -N resumes by Last-Event-ID without gap or duplicate, over cuts and a kill -9 of the server", async () => {
  const random = seededRandom(8);
  const { sessionId } = await server.client.task.submit.mutate({
    prompt: 'think: counting\ntokens: 300 @ 150/s\ntool: bash {"command":"seq 200"}\ntokens: 300 @ 150/s',
  });
  const received: SessionEvent[] = [];
  for (let connections = 1; !received.some(isTerminalEvent); connections += 1) {
    // Kill the server once under curl, at any point.
    const killed = connections === 4 ? server.kill() : null;
    received.push(...(await curl(sessionId, received.at(-1)?.seq ?? 0, 1 + Math.floor(random() * 40))));
    if (killed !== null) {
      await killed;
      await server.restart();
    }
    expect(connections).toBeLessThan(1_000);
  }
  const log = await readLog(server.client, sessionId);
  assertLogHolds(log);
  assertReceivedEqualsLog(received, log);
  expect(received.at(-1)?.type).toBe("task.completed");
});

it("curl gets a status where there is no stream", async () => {
  const status = async (path: string, token: string): Promise<string> => {
    const arguments_ = ["-sS", "-o", "/dev/null", "-w", "%{http_code}", "-H", "Accept: text/event-stream"];
    const child = spawn("curl", [
      ...arguments_,
      "-H",
      `Authorization: Bearer ${token}`,
      `${server.url}${path}`,
    ]);
    let text = "";
    for await (const chunk of child.stdout.setEncoding("utf8")) text += String(chunk);
    return text;
  };
  const { id } = await server.client.session.create.mutate({});
  expect(await status(`/api/sessions/${id}/events?lastEventId=999`, server.token)).toBe("400");
  expect(await status("/api/sessions/0199c7a4-0000-7000-8000-000000000000/events", server.token)).toBe("404");
  expect(await status(`/api/sessions/${id}/events`, "wrong")).toBe("401");
});
