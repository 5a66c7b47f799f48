import { describe, expect, it } from "vitest";
import type { EventBody, SessionEvent } from "../event.ts";
import { applyEvents, emptySessionView } from "./session-view.ts";
import { SESSION_ID } from "./testing/session-log.ts";

describe("messages to a running task", () => {
  const events = (): SessionEvent[] => {
    const at = (seq: number, taskId: string, body: EventBody): SessionEvent => ({
      sessionId: SESSION_ID,
      taskId,
      seq,
      at: seq,
      ...body,
    });
    const submitted = (prompt: string, steers?: string): EventBody => ({
      type: "task.submitted",
      data: { prompt, model: null, ...(steers !== undefined && { whenBusy: "steer" as const, steers }) },
    });
    return [
      at(1, "a", submitted("go")),
      at(2, "a", { type: "task.started", data: { attempt: 1 } }),
      at(3, "b", submitted("queued")),
      at(4, "c", submitted("use tabs", "a")),
      at(5, "d", submitted("and spaces", "a")),
      at(6, "a", { type: "task.steered", data: { prompt: "use tabs", steeredTaskId: "c" } }),
      at(7, "c", { type: "task.canceled", data: { reason: "steered", by: "server" } }),
    ];
  };

  it("wait before what is queued, and are shown where they were handed over, once", () => {
    const log = events();
    const before = applyEvents(emptySessionView(), log.slice(0, 5));
    expect(before.tasks.map(({ id }) => id)).toEqual(["a", "c", "d", "b"]);
    expect(before.tasks.map(({ steers }) => steers)).toEqual([null, "a", "a", null]);
    expect(before.rows).toMatchObject([{ kind: "turn", prompt: "go" }]);
    const after = applyEvents(before, log.slice(5));
    expect(after.rows).toMatchObject([
      { kind: "turn", prompt: "go" },
      { kind: "steer", prompt: "use tabs", taskId: "a" },
    ]);
    expect(after.tasks[1]).toMatchObject({ state: "canceled", reason: "steered" });
    expect(after.tasks[0]).toMatchObject({ state: "working" });
  });

  it("are ordinary queued tasks once moved or started", () => {
    const log = events().slice(0, 5);
    const moved = { ...log[4]!, seq: 6, type: "task.updated", data: { beforeTaskId: null } } as SessionEvent;
    const started = { ...log[3]!, seq: 7, type: "task.started", data: { attempt: 1 } } as SessionEvent;
    const view = applyEvents(emptySessionView(), [...log, moved, started]);
    expect(view.tasks.map(({ id, steers }) => [id, steers])).toEqual([
      ["a", null],
      ["c", null],
      ["b", null],
      ["d", null],
    ]);
  });
});
