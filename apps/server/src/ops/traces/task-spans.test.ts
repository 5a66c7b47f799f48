import type { SessionEvent } from "@trunkline/contract";
import { v7 as uuidv7 } from "uuid";
import { expect, it } from "vitest";
import type { EndedSpan } from "./span.ts";
import { TaskSpans } from "./task-spans.ts";

const [task, child] = [uuidv7({ msecs: 1_000 }), uuidv7({ msecs: 1_500 })];

/** Spans of a node that commits these events, one every 100 ms. */
function spansOf(...events: readonly [taskId: string, type: string, data?: object][]) {
  const spans: EndedSpan[] = [];
  const observer = new TaskSpans((span) => spans.push(span));
  for (const [index, [taskId, type, data = {}]] of events.entries()) {
    const event = { sessionId: "s", seq: index + 1, at: 2_000 + index * 100, taskId, type, data };
    observer.appended("s", [event as SessionEvent]);
  }
  return spans;
}

function treeOf(spans: readonly EndedSpan[]): string {
  const below = (parent: string | null, indent: string): string[] =>
    spans
      .filter(({ parentSpanId }) => parentSpanId === parent)
      .toSorted((a, b) => a.startedAt - b.startedAt)
      .flatMap(({ spanId, name, startedAt, endedAt, error }) => [
        `${indent}${name} ${startedAt}-${endedAt}${error === null ? "" : ` (${error})`}`,
        ...below(spanId, `${indent}  `),
      ]);
  return below(null, "").join("\n");
}

it("a task that waited for an approval, called MCP and had a subagent is one trace", () => {
  const spans = spansOf(
    [task, "task.submitted"],
    [task, "task.started", { attempt: 1 }],
    [task, "tool.called", { callId: "a", tool: "tracker__search" }],
    [task, "tool.ended", { callId: "a", status: "failed" }],
    [task, "task.input-required", { reason: "approval" }],
    [task, "task.resumed", { attempt: 2 }],
    [task, "tool.called", { callId: "b", tool: "subagent" }],
    [task, "subagent.started", { callId: "b", taskId: child }],
    [child, "task.started", { attempt: 1 }],
    [child, "task.completed", { result: "secret" }],
    [task, "tool.ended", { callId: "b", status: "succeeded" }],
    [task, "task.completed", { result: "secret" }],
  );
  expect(treeOf(spans)).toBe(`invoke_agent 1000-3100
  queue 1000-2100
  attempt 2100-2400
    tools/call search 2200-2300 (failed)
  wait for approval 2400-2500
  attempt 2500-3100
    execute_tool subagent 2600-3000
      invoke_agent 1500-2900
        queue 1500-2800
        attempt 2800-2900`);
  expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([task.replaceAll("-", "")]));
  expect(JSON.stringify(spans)).not.toContain("secret");
});

it("what a crash cuts off is closed, and another node goes on in the same trace", () => {
  const here = spansOf(
    [task, "task.started", { attempt: 1 }],
    [task, "step.started", { step: 1, model: "openai:gpt" }],
    [task, "task.interrupted", { attempt: 1, reason: "shutdown" }],
  );
  const elsewhere = spansOf(
    [task, "task.started", { attempt: 2 }],
    [task, "task.failed", { error: { code: "provider_auth" } }],
  );
  expect(treeOf([...here, ...elsewhere])).toBe(`invoke_agent 1000-2100 (provider_auth)
  queue 1000-2000
  attempt 2000-2200 (shutdown)
    chat gpt 2100-2200 (shutdown)
  attempt 2000-2100 (provider_auth)`);
});
