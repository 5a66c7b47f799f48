import { readdir, readFile } from "node:fs/promises";
import { connect } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { followSession, type TrunklineClient } from "@trunkline/client";
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

/** A subscriber that never reads a byte of its stream. */
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

/** Follows from `after` on. @returns the seq of the session's last event. */
async function runToEnd(
  client: TrunklineClient,
  { sessionId, prompt, after = 0 }: { sessionId: string; prompt: string; after?: number },
): Promise<number> {
  const { taskId } = await client.task.submit.mutate({ sessionId, prompt });
  const controller = new AbortController();
  let last = after;
  for await (const { events } of followSession(client, {
    sessionId,
    after,
    signal: controller.signal,
  })) {
    last = events.at(-1)?.seq ?? last;
    if (events.some((event) => isTerminalEvent(event) && event.taskId === taskId)) controller.abort();
  }
  return last;
}

/** More on request (`TRUNKLINE_STALLED_EVENTS=240000`, some minutes), fewer by default. */
const EVENTS = Number(process.env["TRUNKLINE_STALLED_EVENTS"] ?? 8_000);
const SESSIONS = 16;
/** Of 100 MB of output alone: what V8 keeps for itself depends on how busy the machine was. */
const LIMIT_MB = 80;

describe("bounds", () => {
  it("many tokens past readers that do not read, and 100 MB of tool output: memory stays where it was", async () => {
    await using provider = await FakeProvider.start();
    await using server = await ServerFixture.start({
      env: { ...provider.serverEnv, TRUNKLINE_LOG_LEVEL: "debug" },
    });
    const timesGivenBack = () => server.logs.split("memory given back").length - 1;
    const givenBackAfter = async (times: number) =>
      waitFor("memory to be given back", () => timesGivenBack() > times);
    await givenBackAfter(0);
    // Warm-up: permanent costs of the first work (code, database caches) are not measured.
    const { client } = server;
    const createSessions = async () =>
      Promise.all(
        Array.from({ length: SESSIONS }, async () => {
          const { id } = await client.session.create.mutate({});
          return { sessionId: id, after: 0 };
        }),
      );
    await Promise.all(
      (await createSessions()).map(async (session) =>
        runToEnd(client, { ...session, prompt: "tokens: 750 @ 160/s" }),
      ),
    );
    await givenBackAfter(1);
    const timesBefore = timesGivenBack();
    const before = await residentMb(server.pid);

    using readers = new DisposableStack();
    const sessions = await createSessions();
    for (const { sessionId } of sessions) readers.use(openStalledReader(server, sessionId));
    // Tokens spaced so that few share an event, at least on an idle machine.
    const prompt = `tokens: ${Math.ceil(EVENTS / SESSIONS)} @ 160/s`;
    let events = 0;
    while (events < EVENTS) {
      const round = sessions.map(async (session) => {
        session.after = await runToEnd(client, { ...session, prompt });
      });
      await Promise.all(round);
      events = sessions.reduce((sum, { after }) => sum + after, 0);
    }
    provider.enqueue(
      say.reply(say.toolCall("bash", { command: "yes trunkline | head -c 100000000" })),
      say.reply(say.text("done")),
    );
    const big = await client.session.create.mutate({});
    await runToEnd(client, { sessionId: big.id, prompt: "a lot" });
    const log = await readLog(client, big.id);
    const output = log.find((event) => event.type === "tool.ended");
    expect(output).toMatchObject({ data: { status: "succeeded" } });
    const omitted = output?.type === "tool.ended" ? (output.data.omittedBytes ?? 0) : 0;
    expect(omitted).toBeGreaterThan(99_000_000);

    // With its readers still there; memory is released once the server is quiet.
    const busy = await residentMb(server.pid);
    await givenBackAfter(timesBefore);
    let after = await residentMb(server.pid);
    const patience = AbortSignal.timeout(60_000);
    while (after - before >= LIMIT_MB && !patience.aborted) {
      await wait(1_000);
      after = await residentMb(server.pid);
    }
    console.info(
      `resident MB: ${before.toFixed(0)} before, ${busy.toFixed(0)} at the end of ${events} events and 100 MB of output, ` +
        `${after.toFixed(0)} when quiet`,
    );
    expect(after - before).toBeLessThan(LIMIT_MB);
  }, 1_200_000);

  it("1,000 disconnects: the task goes on, and the server's handles are back where they were", async () => {
    await using server = await ServerFixture.start();
    const { sessionId, taskId } = await server.client.task.submit.mutate({ prompt: "wait: 3600" });
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
  });
});
