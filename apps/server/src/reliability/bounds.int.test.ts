import { readdir, readFile } from "node:fs/promises";
import { connect } from "node:net";
import { followSession } from "@trunkline/client";
import { FakeProvider, isTerminalEvent, readLog, say, ServerFixture, waitFor } from "@trunkline/testkit";
import { describe, expect, it } from "vitest";

/** Resident memory of a process in MB, from /proc. */
async function residentMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1_024;
}

async function openHandles(pid: number): Promise<number> {
  return (await readdir(`/proc/${pid}/fd`)).length;
}

/** A subscriber that asks for the stream and never reads a byte of it. */
function openStalledReader(server: ServerFixture, sessionId: string): Disposable {
  const { hostname, port, host } = new URL(server.url);
  const socket = connect({ host: hostname, port: Number(port) });
  socket.pause();
  const input = encodeURIComponent(JSON.stringify({ sessionId }));
  socket.write(
    `GET /trpc/session.subscribe?input=${input} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${server.token}\r\n\r\n`,
  );
  return { [Symbol.dispose]: () => socket.destroy() };
}

/** @returns the seq of the session's last event. */
async function runToEnd(server: ServerFixture, sessionId: string): Promise<number> {
  const controller = new AbortController();
  let last = 0;
  for await (const { events } of followSession(server.client, { sessionId, signal: controller.signal })) {
    last = events.at(-1)?.seq ?? last;
    if (events.some(isTerminalEvent)) controller.abort();
  }
  return last;
}

/** 240,000 where it is asked for (`TRUNKLINE_STALLED_TOKENS=240000`, a minute), fewer with every change. */
const TOKENS = Number(process.env["TRUNKLINE_STALLED_TOKENS"] ?? 32_000);
/** How far the heap's young generation has grown when it is looked at differs by tens of MB from run to run. */
const LIMIT_MB = 100;
const SESSIONS = 16;

/** Runs one task in each of so many sessions at once. @returns the seq of the last event of each. */
async function followSessions(
  server: ServerFixture,
  prompt: string,
  onCreated: (sessionId: string) => void = () => undefined,
): Promise<number[]> {
  return Promise.all(
    Array.from({ length: SESSIONS }, async () => {
      const { id: sessionId } = await server.client.session.create.mutate({});
      onCreated(sessionId);
      await server.client.task.submit.mutate({ sessionId, prompt });
      return runToEnd(server, sessionId);
    }),
  );
}

describe("bounds", () => {
  it("many tokens past readers that do not read, and 100 MB of tool output: memory stays where it was", async () => {
    await using provider = await FakeProvider.start();
    await using server = await ServerFixture.start({ env: provider.serverEnv });
    // Warm, with as many sessions at once: what a first load takes for good is not what this measures.
    await followSessions(server, `tokens: 1000 @ 250/s`);
    const before = await residentMb(server.pid);

    // Slow enough that few tokens share an event, and enough sessions that there are many all the same.
    using readers = new DisposableStack();
    await followSessions(server, `tokens: ${TOKENS / SESSIONS} @ 250/s`, (sessionId) =>
      readers.use(openStalledReader(server, sessionId)),
    );
    provider.enqueue(
      say.reply(say.toolCall("bash", { command: "yes trunkline | head -c 100000000" })),
      say.reply(say.text("done")),
    );
    const big = await server.client.task.submit.mutate({ prompt: "a lot" });
    await runToEnd(server, big.sessionId);
    const log = await readLog(server.client, big.sessionId);
    const output = log.find((event) => event.type === "tool.ended");
    expect(output).toMatchObject({ data: { status: "succeeded" } });
    const omitted = output?.type === "tool.ended" ? (output.data.omittedBytes ?? 0) : 0;
    expect(omitted).toBeGreaterThan(99_000_000);

    expect((await residentMb(server.pid)) - before).toBeLessThan(LIMIT_MB);
  }, 600_000);

  it("1,000 disconnects: the task goes on, and the server's handles are back where they were", async () => {
    await using server = await ServerFixture.start();
    const { sessionId, taskId } = await server.client.task.submit.mutate({ prompt: "wait: 20" });
    await waitFor(
      "the task to work",
      async () => (await server.client.task.get.query({ taskId })).state === "working",
    );
    const before = await openHandles(server.pid);
    for (let round = 0; round < 20; round++) {
      await Promise.all(
        Array.from({ length: 50 }, async () => {
          const controller = new AbortController();
          for await (const _ of followSession(server.client, { sessionId, signal: controller.signal })) {
            controller.abort();
          }
        }),
      );
    }
    await waitFor("handles back at baseline", async () => (await openHandles(server.pid)) <= before + 5);
    expect((await server.client.task.get.query({ taskId })).state).toBe("working");
    await server.client.task.cancel.mutate({ taskId });
  }, 60_000);
});
