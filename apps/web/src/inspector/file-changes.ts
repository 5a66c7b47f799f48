import type { Json, SessionEvent } from "@trunkline/contract";
import { field } from "../transcript/tool-words.ts";

/** One time that a tool changed a file. */
export interface FileEdit {
  /** The event that says so. */
  seq: number;
  change: "created" | "modified" | "deleted";
  additions: number;
  deletions: number;
  /** Lines as a diff has them; null where the call that did it has not been read. */
  diff: string | null;
}

/** What became of a file, as far as the session's tools did it. */
export interface FileChange {
  path: string;
  /** All of it together: made and taken away again is `deleted`, made and then changed is `created`. */
  change: FileEdit["change"];
  additions: number;
  deletions: number;
  edits: readonly FileEdit[];
}

/**
 * What the events say about changed files, the last changed first. What commands did to files no event tells.
 */
export function fileChanges(events: readonly SessionEvent[]): FileChange[] {
  const files = new Map<string, FileEdit[]>();
  /** Calls of each task that have begun and may still say what they changed. */
  const calls = new Map<string | null, { tool: string; input: Json }[]>();
  for (const event of events) {
    if (event.type === "tool.called") {
      const { tool, input } = event.data;
      calls.set(event.taskId, [...(calls.get(event.taskId) ?? []).slice(-MAX_CALLS), { tool, input }]);
    }
    if (event.type !== "file.changed") continue;
    const { path, change, additions, deletions } = event.data;
    const call = calls.get(event.taskId)?.findLast(({ input }) => samePath(field(input, "path"), path));
    const diff = call === undefined ? null : diffOf(call);
    const edits = files.get(path) ?? [];
    // The last changed goes last.
    files.delete(path);
    files.set(path, [...edits, { seq: event.seq, change, additions, deletions, diff }]);
  }
  return [...files].toReversed().map(([path, edits]) => ({
    path,
    change: changeOf(edits),
    additions: edits.reduce((sum, { additions }) => sum + additions, 0),
    deletions: edits.reduce((sum, { deletions }) => sum + deletions, 0),
    edits,
  }));
}

/** More run at once in no task. */
const MAX_CALLS = 32;

const samePath = (asked: string, changed: string): boolean =>
  asked.replace(/^(?:\.\/)+/, "") === changed || asked.endsWith(`/${changed}`);

function changeOf(edits: readonly FileEdit[]): FileEdit["change"] {
  const last = edits.at(-1)?.change ?? "modified";
  return last === "modified" && edits[0]?.change === "created" ? "created" : last;
}

function diffOf({ tool, input }: { tool: string; input: Json }): string | null {
  if (tool === "write_file") return signed(linesOf(field(input, "content")), "+");
  if (tool === "edit_file") return lineDiff(field(input, "oldText"), field(input, "newText"));
  return null;
}

/** Lines shown around what changed. */
const CONTEXT = 3;

/** What stands in both texts at their beginning and end is shown as it is, as far as it helps to see where one is. */
export function lineDiff(before: string, after: string): string {
  const old = linesOf(before);
  const now = linesOf(after);
  const most = Math.min(old.length, now.length);
  let head = 0;
  while (head < most && old[head] === now[head]) head += 1;
  let tail = 0;
  while (tail < most - head && old[old.length - 1 - tail] === now[now.length - 1 - tail]) tail += 1;
  return [
    signed(old.slice(Math.max(0, head - CONTEXT), head), " "),
    signed(old.slice(head, old.length - tail), "-"),
    signed(now.slice(head, now.length - tail), "+"),
    signed(now.slice(now.length - tail).slice(0, CONTEXT), " "),
  ]
    .filter((part) => part !== "")
    .join("\n");
}

const linesOf = (text: string): string[] => (text === "" ? [] : text.replace(/\n$/, "").split("\n"));

const signed = (lines: readonly string[], sign: string): string =>
  lines.map((line) => `${sign} ${line}`).join("\n");
