import type { Changes } from "@trunkline/contract";
import { plural } from "../text/quantity.ts";
import { revealHidden } from "../text/reveal-hidden.ts";
import type { Confirmation } from "../ui/confirmation.ts";

/** Files named in the question. */
const MAX_NAMED = 5;

export interface Deletion {
  title: string;
  isRunning: boolean;
  wasPublished: boolean;
  isInPlace: boolean;
  /** Since the last publication, or since the start; null: unknown. */
  changes: Pick<Changes, "files" | "truncated"> | null;
}

/** What is lost with a session. */
export function deleteQuestion(deletion: Deletion): Confirmation {
  const { title, isRunning, changes, isInPlace } = deletion;
  const files = isInPlace ? [] : (changes?.files ?? []);
  const named = files.slice(0, MAX_NAMED).map(({ path }) => revealHidden(path));
  const more = files.length - named.length;
  return {
    title: `Delete “${title}”?`,
    detail: [
      isRunning ? "Its running task is stopped." : "",
      isInPlace
        ? "The conversation is deleted. The files of the directory stay as they are."
        : "The conversation and the files of its workspace are deleted.",
      "This can't be undone.",
      lossWords(deletion),
    ]
      .filter((sentence) => sentence !== "")
      .join(" "),
    ...(named.length > 0 && {
      items:
        more > 0 ? [...named, `${plural(more, "more file")}${changes?.truncated ? " or more" : ""}`] : named,
    }),
    action: files.length > 0 ? "Delete session and its changes" : "Delete session",
  };
}

/** Leads to the list of files, where there is one. */
function lossWords({ changes, wasPublished, isInPlace }: Deletion): string {
  if (isInPlace) return "";
  if (changes === null) return "Changes that were not published are lost.";
  const { length } = changes.files;
  if (length === 0) return "";
  const were = length === 1 ? "was" : "were";
  return wasPublished
    ? `${plural(length, "file")} changed since the last publication:`
    : `${plural(length, "changed file")} ${were} never published:`;
}
