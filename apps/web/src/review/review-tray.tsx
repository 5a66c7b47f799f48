import { type Changes, MAX_PROMPT_LENGTH, MAX_STEER_LENGTH } from "@trunkline/contract";
import { clsx } from "clsx";
import { ChevronRight, Pencil, Trash2 } from "lucide-react";
import { useEffect, useState } from "react";
import type { ChangesScope } from "../changes/use-changes.ts";
import { useDraft } from "../composer/use-draft.ts";
import type { WhenBusy } from "../composer/when-busy.ts";
import { outbox } from "../outbox/use-outbox.ts";
import { activeTask } from "../session/session-facts.ts";
import { useSessionState } from "../session-stream/use-open-session.ts";
import { firstWords } from "../text/first-words.ts";
import { plural } from "../text/quantity.ts";
import { revealHidden } from "../text/reveal-hidden.ts";
import { readStored, writeStored } from "../text/stored.ts";
import { Button } from "../ui/button.tsx";
import { IconButton } from "../ui/icon-button.tsx";
import { linesName, type ReviewComment } from "./review-comment.ts";
import { reviewPrompt } from "./review-prompt.ts";
import type { Review } from "./review.ts";
import { useOutdated } from "./use-outdated.ts";

interface TrayProps {
  sessionId: string;
  scope: ChangesScope;
  changes: Changes;
  review: Review;
  comments: readonly ReviewComment[];
  /** Shows a comment in its diff. */
  reveal: (comment: ReviewComment) => void;
  /** Gives the focus to the changes. */
  leave: () => void;
}

/** The collected comments, to be sent as one prompt. */
export function ReviewTray({ sessionId, scope, changes, review, comments, reveal, leave }: TrayProps) {
  const [isOpen, setIsOpen] = useState(false);
  const { text: note, draft } = useDraft(`review-note:${sessionId}`);
  useEffect(() => {
    // From before it was kept as drafts are.
    const key = `trunkline:review-note:${sessionId}`;
    const old = readStored(key);
    writeStored(key, null);
    if (typeof old === "string") draft.giveBack({ text: old, files: [] });
  }, [draft, sessionId]);
  const isBusy = useSessionState(({ view }) => activeTask(view) !== null);
  const outdated = useOutdated(comments, scope, changes);
  const ready = comments.filter(({ editing }) => editing === null);
  const unsaved = comments.length - ready.length;
  const prompt = reviewPrompt(
    ready.map((comment) => ({ comment, isOutdated: outdated.has(comment.id) })),
    note,
  );
  const tooMuch = prompt.length - MAX_PROMPT_LENGTH;
  const send = (how: WhenBusy): void => {
    leave();
    void outbox.send(prompt, sessionId, { how });
    review.remove(...ready.map(({ id }) => id));
    draft.write("");
  };
  const canSend = ready.length > 0 && tooMuch <= 0;
  const count = plural(ready.length, "comment");
  return (
    <section aria-label="Review" className="shrink-0 border-t border-line bg-surface">
      {isOpen && (
        <div className="max-h-60 overflow-y-auto border-b border-line px-2 py-1.5">
          <ul>
            {comments.map((comment) => (
              <Row
                key={comment.id}
                comment={comment}
                isOutdated={outdated.has(comment.id)}
                review={review}
                reveal={reveal}
                leave={leave}
              />
            ))}
          </ul>
          <textarea
            dir="auto"
            rows={1}
            value={note}
            maxLength={4_000}
            aria-label="Overall note"
            placeholder="Overall note (optional)"
            onChange={(event) => draft.write(event.target.value)}
            className="mt-1 block field-sizing-content max-h-32 w-full resize-none rounded-md border border-line bg-background px-2 py-1 text-sm placeholder:text-faint max-md:text-[16px]"
          />
        </div>
      )}
      <div className="flex flex-wrap items-center gap-2 px-2 py-1.5">
        <button
          type="button"
          aria-expanded={isOpen}
          onClick={() => setIsOpen(!isOpen)}
          className="flex h-6 min-w-0 items-center gap-1.5 rounded-md px-1 text-sm hover:bg-hover"
        >
          <ChevronRight
            aria-hidden
            className={clsx("size-3.5 shrink-0 text-faint transition-transform", isOpen && "rotate-90")}
          />
          <span className="truncate font-medium">{plural(comments.length, "comment")}</span>
          {outdated.size > 0 && <span className="shrink-0 text-xs text-waits">{outdated.size} outdated</span>}
          {unsaved > 0 && <span className="shrink-0 text-xs text-muted">{unsaved} unsaved</span>}
        </button>
        <span className="grow" />
        {tooMuch > 0 && (
          <span role="alert" className="text-xs text-failed">
            {plural(tooMuch, "character")} over the limit
          </span>
        )}
        {isBusy && (
          <Button
            size="small"
            disabled={!canSend || prompt.length > MAX_STEER_LENGTH}
            data-hint={
              prompt.length > MAX_STEER_LENGTH
                ? `Longer than ${plural(MAX_STEER_LENGTH, "character")}`
                : "The agent reads it after its current call"
            }
            onClick={() => send("steer")}
          >
            Steer
          </Button>
        )}
        <Button size="small" look="primary" disabled={!canSend} onClick={() => send("enqueue")}>
          {isBusy ? `Queue ${count}` : `Send ${count}`}
        </Button>
      </div>
    </section>
  );
}

interface RowProps {
  comment: ReviewComment;
  isOutdated: boolean;
  review: Review;
  reveal: (comment: ReviewComment) => void;
  leave: () => void;
}

function Row({ comment, isOutdated, review, reveal, leave }: RowProps) {
  const { id, path, lines, text, editing } = comment;
  const name = revealHidden(path.slice(path.lastIndexOf("/") + 1));
  return (
    <li className="flex items-center gap-0.5">
      <button
        type="button"
        title={revealHidden(path)}
        onClick={() => reveal(comment)}
        className="flex h-7 min-w-0 grow items-center gap-2 rounded-md px-1.5 text-left text-sm hover:bg-hover"
      >
        <span translate="no" className="max-w-1/2 shrink-0 truncate font-mono text-xs text-muted">
          {name}, {linesName(lines)}
        </span>
        <span dir="auto" className="min-w-0 grow truncate">
          {firstWords(editing ?? text, 120)}
        </span>
        {isOutdated && <span className="shrink-0 text-xs text-waits">Outdated</span>}
        {editing !== null && <span className="shrink-0 text-xs text-muted">Unsaved</span>}
      </button>
      <IconButton
        small
        icon={Pencil}
        label={`Edit comment on ${linesName(lines)} of ${name}`}
        onClick={() => {
          review.edit(id);
          reveal(comment);
        }}
      />
      <IconButton
        small
        icon={Trash2}
        label={`Delete comment on ${linesName(lines)} of ${name}`}
        onClick={() => {
          leave();
          review.remove(id);
        }}
      />
    </li>
  );
}
