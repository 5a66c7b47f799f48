import type { ChangedFile } from "@trunkline/contract";

/** Letters are git's; colours go with words, never alone. */
const MODIFIED = { letter: "M", word: "Modified", color: "text-waits" };
const WORDS: Readonly<Record<string, typeof MODIFIED>> = {
  added: { letter: "A", word: "Added", color: "text-done" },
  modified: MODIFIED,
  deleted: { letter: "D", word: "Deleted", color: "text-failed" },
  renamed: { letter: "R", word: "Renamed", color: "text-runs" },
  "type-changed": { letter: "T", word: "Type changed", color: "text-waits" },
} satisfies Record<ChangedFile["status"], unknown>;

export const changeWords = (status: ChangedFile["status"]) => WORDS[status] ?? MODIFIED;

const LINK = "120000";
const EXECUTABLE = "100755";

/** What changed besides a file's content; null: nothing. */
export function modeWords({ oldMode, newMode }: Pick<ChangedFile, "oldMode" | "newMode">): string | null {
  if (oldMode === null) return newMode === LINK ? "link" : newMode === EXECUTABLE ? "executable" : null;
  if (newMode === null || oldMode === newMode) return null;
  if (newMode === LINK) return "now a link";
  if (oldMode === LINK) return "no longer a link";
  return newMode === EXECUTABLE ? "now executable" : "no longer executable";
}
