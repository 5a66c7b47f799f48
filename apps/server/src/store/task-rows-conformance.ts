import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Store, StoredDraft } from "./port.ts";
import type { StoreHarness } from "./store-conformance.ts";
import { createTask } from "./testing/create-task.ts";
import { createVisibleSession as createSession, OWNER } from "./testing/session-log.ts";
import { openForSuite } from "./testing/open-for-suite.ts";

/** Conformance suite for what an engine's rows say of tasks. */
export function describeTaskRows(name: string, createHarness: () => Promise<StoreHarness>): void {
  describe(`rows of tasks: ${name}`, () => {
    let store: Store;
    openForSuite(createHarness, (opened) => (store = opened));

    it("B3: counts what completed steps used, however their task ends, in the task's row and in the ledger", async () => {
      const endings = [
        { type: "task.canceled", data: { reason: "user", by: "alice" } },
        {
          type: "task.failed",
          data: { reason: "error", error: { code: "x", message: "", retryable: false } },
        },
        { type: "task.completed", data: { result: "" } },
      ] as const;
      for (const ending of endings) {
        const sessionId = await createSession(store);
        const taskId = await createTask(store, sessionId, { state: "working", attempt: 1 });
        const step = (inputTokens: number): StoredDraft => ({
          taskId,
          type: "step.ended",
          data: { step: 1, usage: { inputTokens, outputTokens: 1 }, finishReason: "stop", toolCalls: [] },
        });
        await store.append(sessionId, [step(10)]);
        await store.append(sessionId, [
          { taskId, type: "task.interrupted", data: { attempt: 1, reason: "orphaned" } },
        ]);
        await store.append(sessionId, [{ taskId, type: "task.started", data: { attempt: 2 } }, step(5)]);
        await store.append(sessionId, [{ taskId, ...ending }]);
        expect(await store.tasks.get(taskId)).toMatchObject({ usage: { inputTokens: 15, outputTokens: 2 } });
      }
    });

    it("says in a list what a task does, what it cost, what waits behind it, and how it ended", async () => {
      const sessionId = await createSession(store);
      const taskId = await createTask(store, sessionId, { state: "working", attempt: 1 });
      const queued = await createTask(store, sessionId, { state: "submitted", attempt: 0 });
      const call = { callId: "c", tool: "bash", input: {}, title: "npm test", kind: "execute" } as const;
      const usage = { inputTokens: 1, outputTokens: 1, costUsd: 0.5 };
      await store.append(sessionId, [
        { taskId, type: "step.started", data: { step: 1, model: "m" } },
        {
          taskId,
          type: "step.ended",
          data: { step: 1, usage, finishReason: "tool-calls", toolCalls: [call] },
        },
        { taskId, type: "tool.called", data: call },
      ]);
      const listed = async () => (await store.sessions.several(OWNER, [sessionId]))[0];
      expect(await listed()).toMatchObject({
        queued: 1,
        currentTask: {
          id: taskId,
          costUsd: 0.5,
          step: { tool: "execute", title: "npm test", recent: [{ tool: null }] },
        },
      });
      const end = { type: "task.completed", data: { result: "All pass" } } as const;
      await store.append(sessionId, [{ taskId, ...end }]);
      expect((await listed())?.currentTask).toMatchObject({ id: queued, state: "submitted" });
      await store.append(sessionId, [
        { taskId: queued, type: "task.started", data: { attempt: 1 } },
        { taskId: queued, type: "step.started", data: { step: 1, model: "m" } },
        { taskId: queued, ...end },
      ]);
      const ended = await listed();
      expect(ended).not.toHaveProperty("queued");
      expect(ended?.currentTask).toMatchObject({ state: "completed", outcome: "All pass" });
      expect(ended?.currentTask).not.toHaveProperty("step");
    });

    it("of tasks that ended at once, the last of the queue is the session's", async () => {
      const sessionId = await createSession(store);
      const ids: string[] = [];
      for (let task = 0; task < 5; task++)
        ids.push(await createTask(store, sessionId, { state: "submitted", attempt: 0 }));
      const canceled = { type: "task.canceled", data: { reason: "superseded", by: "test" } } as const;
      const [first, ...others] = ids;
      // In an order that is neither the queue's nor its reverse.
      const ended = [...others, first!].map((taskId) => ({ taskId, ...canceled }));
      await store.append(sessionId, ended);
      const [listed] = await store.sessions.several(OWNER, [sessionId]);
      expect(listed?.currentTask?.id).toBe(ids.at(-1));
    });

    it("E12: counts a crash against a task until its next completed step", async () => {
      const sessionId = await createSession(store);
      const taskId = await createTask(store, sessionId, { state: "working", attempt: 1 });
      const crash = async (attempt: number) =>
        store.append(sessionId, [
          { taskId, type: "task.interrupted", data: { attempt, reason: "orphaned" } },
          { taskId, type: "task.started", data: { attempt: attempt + 1 } },
        ]);
      await crash(1);
      await crash(2);
      expect((await store.tasks.get(taskId))?.crashes).toBe(2);
      const usage = { inputTokens: 1, outputTokens: 1 };
      await store.append(sessionId, [
        { taskId, type: "step.ended", data: { step: 1, usage, finishReason: "stop", toolCalls: [] } },
      ]);
      expect((await store.tasks.get(taskId))?.crashes).toBe(0);
    });

    it("refuses what the table of task states does not allow, whoever appends it", async () => {
      const sessionId = await createSession(store);
      const taskId = await createTask(store, sessionId, { state: "submitted", attempt: 0 });
      const completed: StoredDraft = { taskId, type: "task.completed", data: { result: "" } };
      await expect(store.append(sessionId, [completed])).rejects.toMatchObject({ guard: "task" });
      await expect(
        store.append(sessionId, [{ taskId, type: "task.started", data: { attempt: 7 } }]),
      ).rejects.toMatchObject({ guard: "task" });
      expect((await store.tasks.get(taskId))?.state).toBe("submitted");
    });

    it("keeps the queue's order through moves, interrupts and crashes", async () => {
      const sessionId = await createSession(store);
      const [a, b, c] = [
        await createTask(store, sessionId, { state: "submitted", attempt: 0 }),
        await createTask(store, sessionId, { state: "submitted", attempt: 0 }),
        await createTask(store, sessionId, { state: "submitted", attempt: 0 }),
      ];
      const order = async () => {
        const tasks = await Array.fromAsync(store.tasks.ofSession(sessionId));
        return tasks.map(({ id }) => id);
      };
      await store.append(sessionId, [{ taskId: c, type: "task.updated", data: { beforeTaskId: a } }]);
      expect(await order()).toEqual([c, a, b]);
      await store.append(sessionId, [{ taskId: c, type: "task.updated", data: { beforeTaskId: null } }]);
      expect(await order()).toEqual([a, b, c]);
      const urgent = randomUUID();
      const data = { prompt: "now", model: null, whenBusy: "interrupt" } as const;
      await store.append(sessionId, [{ taskId: urgent, type: "task.submitted", data }]);
      expect(await order()).toEqual([urgent, a, b, c]);
      expect((await store.tasks.head(sessionId, 0))?.task.id).toBe(urgent);
    });

    it("E11: a task that goes on with its answer stays before one that was to interrupt it, also after a crash", async () => {
      const sessionId = await createSession(store);
      const waiting = await createTask(store, sessionId, { state: "input-required", attempt: 1 });
      const urgent = randomUUID();
      const data = { prompt: "now", model: null, whenBusy: "interrupt" } as const;
      // And the server dies before it has canceled the waiting task.
      await store.append(sessionId, [{ taskId: urgent, type: "task.submitted", data }]);
      await store.append(sessionId, [{ taskId: waiting, type: "task.resumed", data: { attempt: 2 } }]);
      await store.append(sessionId, [
        { taskId: waiting, type: "task.interrupted", data: { attempt: 2, reason: "orphaned" } },
      ]);
      expect((await store.tasks.head(sessionId, 0))?.task.id).toBe(waiting);
    });
  });
}
