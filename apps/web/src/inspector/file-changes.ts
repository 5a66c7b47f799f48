import type { Json, SessionEvent } from "@trunkline/contract";
import { callKind, callOf, type CallNature, field, pathOf } from "../transcript/tool-words.ts";
import { lineDiff, linesOf, signed } from "../text/line-diff.ts";

/** One change of a file by a tool. */
export interface FileEdit {
  /** Seq of the event. */
  seq: number;
  change: "created" | "modified" | "deleted";
  additions: number;
  deletions: number;
  /** Diff lines; null while the call has not been loaded. */
  diff: string | null;
}

type Call = CallNature & { tool: string; input: Json };

/** All changes of a file by tools. */
export interface FileChange {
  path: string;
  /** Net effect: created then deleted is `deleted`, created then changed is `created`. */
  change: FileEdit["change"];
  additions: number;
  deletions: number;
  edits: readonly FileEdit[];
}

/** Changed files from the events, most recent first. Changes by shell commands are not tracked. */
export function fileChanges(events: readonly SessionEvent[]): FileChange[] {
  const files = new Map<string, FileEdit[]>();
  /** Running calls of each task, which may still report a change. */
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
    // Most recent last.
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

/** A task never runs more at once. */
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
