import type { TranscriptRow } from "@trunkline/contract/session-view";
import { callKind } from "./tool-words.ts";

/**
 * Of the calls, the command that was run last stays open: its output is what one waits for, and looks for.
 *
 * @returns its key; null where the last call is none whose output one reads.
 */
export function lastOpenCall(rows: readonly TranscriptRow[]): string | null {
  const last = rows.findLast((row) => row.kind === "tool");
  return last?.kind === "tool" && callKind(last) === "execute" ? last.key : null;
}
