import type { TranscriptRow } from "@trunkline/contract/session-view";
import { callKind } from "./tool-words.ts";

/**
 * The most recent command stays expanded: its output is what users look for.
 *
 * @returns its key; null if the last call has no output worth showing.
 */
export function lastOpenCall(rows: readonly TranscriptRow[]): string | null {
  const last = rows.findLast((row) => row.kind === "tool");
  return last?.kind === "tool" && callKind(last) === "execute" ? last.key : null;
}
