import { randomUUID } from "node:crypto";
import { MAX_WAITING_STEERS } from "@trunkline/contract";
import { describe, expect, it } from "vitest";
import { GuardFailedError, type Store, type StoredDraft } from "./port.ts";
import type { StoreHarness } from "./store-conformance.ts";
import { createVisibleSession as createSession } from "./testing/session-log.ts";
import { openForSuite } from "./testing/open-for-suite.ts";

/** Conformance suite for messages to running tasks. */
export function describeSteering(name: string, createHarness: () => Promise<StoreHarness>): void {
  describe(`steering: ${name}`, () => {
    let store: Store;
    openForSuite(createHarness, (opened) => (store = opened));

    it("keeps messages for a task behind it, in their order, and hands each over once, as it was last set", async () => {
      const sessionId = await createSession(store);
      const active = await task(store, sessionId, "working");
      const queued = await task(store, sessionId, "submitted");
      const data = { prompt: "x", model: null, whenBusy: "steer", steers: active } as const;
      const [first, second] = [randomUUID(), randomUUID()];
      for (const taskId of [first, second]) {
        await store.append(sessionId, [{ taskId, type: "task.submitted", data }]);
      }
      const order = async (): Promise<string[]> => {
        const all = await Array.fromAsync(store.tasks.ofSession(sessionId));
        return all.filter(({ state }) => state === "submitted").map(({ id }) => id);
      };
      expect(await order()).toEqual([first, second, queued]);
      const waiting = await store.tasks.steersOf(sessionId, active);
      expect(waiting).toMatchObject([{ id: first, steers: active }, { id: second }]);
      expect(await store.tasks.steerable(sessionId)).toMatchObject({ id: active });

      const handOver = async (id: string, steerSeq: number | null) =>
        store.append(
          sessionId,
          [
            { taskId: active, type: "task.steered", data: { prompt: "x", steeredTaskId: id } },
            { taskId: id, type: "task.canceled", data: { reason: "steered", by: "server" } },
          ],
          {
            fence: { taskId: active, attempt: 1 },
            expect: {
              task: { id, states: ["submitted"], attempt: 0, ...(steerSeq !== null && { steerSeq }) },
            },
          },
        );
      await store.append(sessionId, [{ taskId: first, type: "task.updated", data: { prompt: "y" } }]);
      await expect(handOver(first, waiting[0]!.steerSeq)).rejects.toThrow(GuardFailedError);
      await handOver(second, waiting[1]!.steerSeq);
      await expect(handOver(second, waiting[1]!.steerSeq)).rejects.toThrow(GuardFailedError);
      expect(await store.tasks.steersOf(sessionId, active)).toMatchObject([{ id: first, prompt: "y" }]);

      await store.append(sessionId, [
        { taskId: first, type: "task.updated", data: { beforeTaskId: null } },
        { taskId: queued, type: "task.updated", data: { steers: active } },
      ]);
      expect(await order()).toEqual([queued, first]);
      expect(await store.tasks.steersOf(sessionId, active)).toMatchObject([{ id: queued }]);
      await store.append(sessionId, [{ taskId: active, type: "task.completed", data: { result: "" } }]);
      const late: StoredDraft = { taskId: randomUUID(), type: "task.submitted", data };
      await expect(store.append(sessionId, [late])).rejects.toMatchObject({ guard: "place" });
      // Nobody has heard it: it runs by itself.
      expect((await store.tasks.head(sessionId, 0))?.task.id).toBe(queued);
    });

    it("takes no more messages for a task than allowed", async () => {
      const sessionId = await createSession(store);
      const steers = await task(store, sessionId, "working");
      const data = { prompt: "x", model: null, whenBusy: "steer", steers } as const;
      const send = async () =>
        store.append(sessionId, [{ taskId: randomUUID(), type: "task.submitted", data }]);
      for (let count = 0; count < MAX_WAITING_STEERS; count++) await send();
      await expect(send()).rejects.toMatchObject({ guard: "steering" });
    });
  });
}

/** @returns the id of a task in that state. */
async function task(store: Store, sessionId: string, state: "submitted" | "working"): Promise<string> {
  const taskId = randomUUID();
  const data = { prompt: "x", model: null, whenBusy: "enqueue" } as const;
  await store.append(sessionId, [{ taskId, type: "task.submitted", data }]);
  if (state === "working") {
    await store.append(sessionId, [{ taskId, type: "task.started", data: { attempt: 1 } }]);
  }
  return taskId;
}
