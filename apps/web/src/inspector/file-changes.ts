import type { Json, SessionEvent } from "@trunkline/contract";
import { callKind, callOf, type CallNature, field, pathOf } from "../transcript/tool-words.ts";
import { lineDiff, linesOf, signed } from "./line-diff.ts";

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

type Call = CallNature & { tool: string; input: Json };

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
  const calls = new Map<string | null, Call[]>();
  for (const event of events) {
    if (event.type === "tool.called") {
      calls.set(event.taskId, [...(calls.get(event.taskId) ?? []).slice(-MAX_CALLS), callOf(event.data)]);
    }
    if (event.type !== "file.changed") continue;
    const { path, change, additions, deletions } = event.data;
    const call = calls.get(event.taskId)?.findLast((one) => samePath(pathOf(one), path));
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

function diffOf(call: Call): string | null {
  const { input } = call;
  if (callKind(call) !== "edit") return null;
  const [before, after] = [field(input, "oldText"), field(input, "newText")];
  return before === "" && after === ""
    ? signed(linesOf(field(input, "content")), "+")
    : lineDiff(before, after);
}
