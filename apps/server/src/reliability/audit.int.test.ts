import { request } from "node:http";
import { followSession } from "@trunkline/client";
import type { SessionEvent } from "@trunkline/contract";
import {
  assertLogHolds,
  assertOnlySession,
  collectUntil,
  isTerminalEvent,
  readLog,
  ServerFixture,
  waitFor,
} from "@trunkline/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

/** The findings of the audit of the original system, each with the test that it never had. */
describe("audit", () => {
  let server: ServerFixture;
  beforeAll(async () => {
    server = await ServerFixture.start();
  });
  afterAll(async () => server[Symbol.asyncDispose]());

  it("finding 1: a task completes although its submitter closed the connection at once", async () => {
    const idempotencyKey = "closed at once";
    await new Promise<void>((resolve) => {
      const { port } = new URL(server.url);
      const post = request({
        port,
        path: "/trpc/task.submit",
        method: "POST",
        headers: { authorization: `Bearer ${server.token}`, "content-type": "application/json" },
      });
      post.on("error", () => undefined);
      post.on("close", resolve);
      post.end(JSON.stringify({ prompt: "run: sleep 0.3 && echo still here", idempotencyKey }), () => {
        // The bytes are in the kernel; nobody waits for a response.
        setImmediate(() => post.destroy());
      });
    });
    const task = await waitFor("the task to complete", async () => {
      const { items } = await server.client.task.list.query({ states: ["completed"] });
      return items.find((item) => item.idempotencyKey === idempotencyKey);
    });
    const log = await readLog(server.client, task.sessionId);
    const output = log.find((event) => event.type === "tool.ended");
    expect(output).toMatchObject({ data: { status: "succeeded", output: "still here\n" } });
  });

  it("finding 2: a submit without a session answers with the stored one, and its stream delivers the task", async () => {
    const { taskId, sessionId } = await server.client.task.submit.mutate({ prompt: "say: hello" });
    const { session } = await server.client.session.get.query({ sessionId });
    expect(session.id).toBe(sessionId);
    const batches = await collectUntil("the end", followSession(server.client, { sessionId }), ({ events }) =>
      events.some(isTerminalEvent),
    );
    const events = batches.flatMap((batch) => batch.events);
    expect(events.filter((event) => event.taskId === taskId).map((event) => event.type)).toContain(
      "task.completed",
    );
  });

  it("finding 3: two streams on two sessions see their own tasks only, over 100 interleaved tasks", async () => {
    const sessions = await Promise.all([1, 2].map(async () => server.client.session.create.mutate({})));
    const received = await Promise.all(
      sessions.map(async ({ id: sessionId }, which) => {
        for (let index = 0; index < 50; index++) {
          // Commands take a hundred times as long; some are enough.
          const does = index % 10 === 0 ? "run: echo" : "say:";
          await server.client.task.submit.mutate({
            sessionId,
            prompt: `${does} session-${which}-task-${index}`,
          });
        }
        const ended: SessionEvent[] = [];
        const events: SessionEvent[] = [];
        const controller = new AbortController();
        for await (const batch of followSession(server.client, { sessionId, signal: controller.signal })) {
          events.push(...batch.events);
          ended.push(...batch.events.filter(isTerminalEvent));
          if (ended.length === 50) controller.abort();
        }
        return events;
      }),
    );
    for (const [which, { id }] of sessions.entries()) {
      assertOnlySession(received[which]!, id);
      const text = JSON.stringify(received[which]);
      expect(text).toContain(`session-${which}-task-49`);
      expect(text).not.toContain(`session-${1 - which}-task`);
      assertLogHolds(await readLog(server.client, id));
    }
  });

  it("finding 5: a thousand sessions created at once are a thousand sessions", async () => {
    const created = await Promise.all(
      Array.from({ length: 1_000 }, async () =>
        server.client.session.create.mutate({ title: "one of many" }),
      ),
    );
    expect(new Set(created.map((session) => session.id)).size).toBe(1_000);
    const listed = new Set<string>();
    let cursor: string | undefined;
    do {
      const page = await server.client.session.list.query({ query: "one of many", limit: 200, cursor });
      for (const { id } of page.items) listed.add(id);
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(listed.size).toBe(1_000);
  });

  it("refuses bad input with a typed error, and goes on", async () => {
    const cases: [object, string, string][] = [
      [{ prompt: "" }, "validation_failed", "empty"],
      [{ prompt: "  \n " }, "validation_failed", "blank"],
      [{ prompt: "x", surprise: 1 }, "validation_failed", "unknown field"],
      [{ prompt: "x", sessionId: "nope" }, "validation_failed", "no id"],
      [{ prompt: "x", sessionId: "01a20b76-282c-75bc-b3c7-4f6bb7e0250f" }, "not_found", "no such session"],
      [{ prompt: "x", model: "nobody:nothing" }, "model_unknown", "no such model"],
      [{ prompt: "y".repeat(2_000_000) }, "payload_too_large", "2 MB"],
    ];
    for (const [input, reason, name] of cases) {
      const response = await fetch(`${server.url}/trpc/task.submit`, {
        method: "POST",
        headers: { authorization: `Bearer ${server.token}`, "content-type": "application/json" },
        body: JSON.stringify(input),
      });
      const body = (await response.json()) as { error: { message: string; data: { reason: string } } };
      expect(body.error.data.reason, name).toBe(reason);
      expect(body.error.message.length, name).toBeGreaterThan(10);
      expect(response.status, name).toBeGreaterThanOrEqual(400);
      expect(response.status, name).toBeLessThan(500);
    }
    expect((await fetch(`${server.url}/health`)).status).toBe(200);
  });
});
