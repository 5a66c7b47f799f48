import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { EventBody, EventDataOf } from "../event.ts";
import type { ToolCall } from "../events/event-parts.ts";
import { randomSessionLog } from "./testing/random-session-log.ts";
import { callAfter, newCall, pendingCallsAfter } from "./tool-call.ts";

const call: ToolCall = { callId: "c", tool: "bash", input: { command: "ls" } };
const called: EventBody & { type: "tool.called" } = { type: "tool.called", data: call };
const ended = (data: Partial<EventDataOf<"tool.ended">> = {}): EventBody & { type: "tool.ended" } => ({
  type: "tool.ended",
  data: { callId: "c", status: "succeeded", output: "whole", durationMs: 5, ...data },
});

describe("a call", () => {
  it("runs, shows what it puts out, and has the output of its end", () => {
    let state = newCall(call);
    expect(state).toMatchObject({ tool: "bash", state: "running", output: "", exitCode: null });
    state = callAfter(state, { type: "tool.progress", data: { callId: "c", chunk: "a" } });
    state = callAfter(state, { type: "tool.progress", data: { callId: "c", chunk: "b" } });
    expect(state.output).toBe("ab");
    expect(callAfter(state, ended({ exitCode: 1, status: "failed" }))).toMatchObject({
      input: { command: "ls" },
      state: "failed",
      output: "whole",
      durationMs: 5,
      exitCode: 1,
      omittedBytes: 0,
    });
  });

  it("is known by its id alone until the event that names it has been read", () => {
    expect(newCall({ callId: "c" })).toMatchObject({ callId: "c", tool: null, input: null });
    const said = { ...call, title: "npm test", kind: "execute" as const, locations: [{ path: "a" }] };
    expect(callAfter(newCall({ callId: "c" }), { type: "tool.called", data: said })).toMatchObject({
      tool: "bash",
      title: "npm test",
      toolKind: "execute",
      locations: [{ path: "a" }],
    });
  });

  it("keeps what it gave beyond its output", () => {
    const content = [{ type: "json" as const, value: { a: 1 } }];
    expect(callAfter(newCall(call), ended({ content }))).toMatchObject({ content });
  });
});

describe("pending calls", () => {
  const asks = (...ids: string[]): EventBody => ({
    type: "step.ended",
    data: {
      step: 1,
      usage: { inputTokens: 1, outputTokens: 1 },
      finishReason: "tool-calls",
      toolCalls: ids.map((callId) => ({ ...call, callId })),
    },
  });
  const pending = (...events: EventBody[]): string[] =>
    events.reduce(pendingCallsAfter, [] as readonly ToolCall[]).map(({ callId }) => callId);

  it("are those of the last step that neither began nor ended", () => {
    expect(pending(asks("a", "c"))).toEqual(["a", "c"]);
    expect(pending(asks("a", "c"), called)).toEqual(["a"]);
    expect(pending(asks("a", "c"), ended({ status: "denied" }))).toEqual(["a"]);
    expect(pending(asks("a", "c"), called, asks())).toEqual([]);
  });

  it("are none once the task has ended, and the same after a crash", () => {
    expect(
      pending(asks("a"), { type: "task.interrupted", data: { attempt: 1, reason: "orphaned" } }),
    ).toEqual(["a"]);
    expect(pending(asks("a"), { type: "task.completed", data: { result: "" } })).toEqual([]);
  });

  it("are the same list where nothing happened to them, in any log", () => {
    fc.assert(
      fc.property(randomSessionLog, (log) => {
        let before: readonly ToolCall[] = [];
        for (const event of log.live) {
          const after = pendingCallsAfter(before, event);
          if (after !== before && !(before.length === 0 && after.length === 0)) {
            expect(after.map(({ callId }) => callId)).not.toEqual(before.map(({ callId }) => callId));
          }
          before = after;
        }
      }),
    );
  });
});
