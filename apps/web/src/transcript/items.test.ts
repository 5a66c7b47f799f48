import type { ToolRow, TranscriptRow } from "@trunkline/contract/session-view";
import { emptySessionView } from "@trunkline/contract/session-view";
import { expect, it } from "vitest";
import { groupReads, placeOfEvent, transcriptItems } from "./items.ts";

let lastSeq = 0;
function call(tool: string, state: ToolRow["state"] = "succeeded"): ToolRow {
  lastSeq += 1;
  return {
    kind: "tool",
    key: `tool:${lastSeq}`,
    seq: lastSeq,
    at: 0,
    taskId: "a",
    callId: String(lastSeq),
    tool,
    input: {},
    state,
    output: "",
    durationMs: 1,
    exitCode: null,
    omittedBytes: 0,
  };
}
const kinds = (rows: TranscriptRow[]): string[] =>
  groupReads(rows).map((item) => (item.kind === "reads" ? `reads ${item.rows.length}` : item.kind));

it("puts looks in a row together, and nothing else", () => {
  expect(kinds([call("read_file"), call("list_files"), call("bash"), call("read_file")])).toEqual([
    "reads 2",
    "tool",
    "tool",
  ]);
});

it("a subagent is one row: its own, without its call's", () => {
  const asked = call("subagent");
  const row = { kind: "subagent" as const, key: "subagent:1", seq: 99, at: 0, taskId: "a" };
  const subagent = { ...row, callId: asked.callId, sessionId: "s", title: "Help", state: "working" as const };
  expect(kinds([subagent, asked, call("bash")])).toEqual(["subagent", "tool"]);
  expect(kinds([asked, call("bash")])).toEqual(["tool", "tool"]);
});

it("leaves alone what failed, and what still goes on", () => {
  expect(kinds([call("read_file"), call("read_file", "failed"), call("read_file", "running")])).toEqual([
    "tool",
    "tool",
    "tool",
  ]);
});

it("keeps the identity of a group that did not change", () => {
  const rows = [call("read_file"), call("read_file")];
  const [group] = groupReads(rows);
  expect(groupReads([...rows, call("bash")])[0]).toBe(group);
  expect(groupReads([...rows, call("read_file")])[0]).not.toBe(group);
});

it("shows the retries of a step as one row, the last", () => {
  const retry = (attempt: number): TranscriptRow => {
    lastSeq += 1;
    return {
      kind: "notice",
      key: `e:${lastSeq}`,
      seq: lastSeq,
      at: 0,
      taskId: "a",
      level: "warning",
      message: "",
      retry: { attempt, of: 5, delayMs: 500, cause: "Provider error 500" },
    };
  };
  const rows = [retry(2), retry(3), retry(4), call("bash"), retry(2)];
  expect(groupReads(rows)).toEqual([rows[2], rows[3], rows[4]]);
});

it("ends with what is about to start", () => {
  const rows = [call("bash")];
  const next = { key: "t2", taskId: "t2", prompt: "next", files: [], isSteer: false };
  expect(transcriptItems(rows, next).map(({ key }) => key)).toEqual([rows[0]?.key, "turn:t2"]);
  expect(transcriptItems(rows, null)).toHaveLength(1);
});

it("finds the item of an event", () => {
  const rows = [call("bash"), call("read_file"), call("read_file")];
  const items = groupReads(rows);
  const view = emptySessionView();
  expect(placeOfEvent(items, view, rows[0]!.seq)).toBe(0);
  expect(placeOfEvent(items, view, rows[2]!.seq)).toBe(1);
  expect(placeOfEvent(items, view, rows[2]!.seq + 100)).toBe(1);
  expect(placeOfEvent(items, view, 0)).toBe(-1);
});
