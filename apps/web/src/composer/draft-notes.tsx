import { firstWords } from "../text/first-words.ts";
import { plural } from "../text/quantity.ts";
import { Button } from "../ui/button.tsx";
import type { Draft, OtherDraft } from "./draft.ts";

/** Notes about a draft: it can't be saved, or another tab left one. */
export function DraftNotes({
  draft,
  isKept,
  others,
}: {
  draft: Draft;
  isKept: boolean;
  others: readonly OtherDraft[];
}) {
  return (
    <>
      {!isKept && (
        <p role="alert" className="px-3.5 pt-2 text-xs text-failed">
          This browser has no room left to save your draft. Send it or copy it before you leave.
        </p>
      )}
      {others.map((other) => (
        <p
          key={other.key}
          className="flex items-center gap-2 border-b border-line px-3.5 py-1.5 text-xs text-muted"
        >
          <span className="min-w-0 grow truncate">
            Draft from another tab: {firstWords(other.text) || plural(other.files.length, "file")}
          </span>
          <Button size="small" onClick={() => draft.settle(other, true)}>
            Restore
          </Button>
          <Button size="small" look="quiet" onClick={() => draft.settle(other, false)}>
            Discard
          </Button>
        </p>
      ))}
    </>
  );
}
