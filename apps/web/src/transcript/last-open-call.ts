import type { TranscriptRow } from "@trunkline/contract/session-view";

/**
 * Of the calls, the command that was run last stays open: its output is what one waits for, and looks for. It closes
 * when the next call begins.
 *
 * @returns its key; null where the last call is none whose output one reads.
 */
export function lastOpenCall(rows: readonly TranscriptRow[]): string | null {
  const last = rows.findLast((row) => row.kind === "tool");
  return last?.kind === "tool" && last.tool === "bash" ? last.key : null;
}
