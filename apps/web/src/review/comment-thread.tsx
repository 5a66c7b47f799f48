import { Pencil, Trash2 } from "lucide-react";
import { type ReactNode, useContext, useEffect, useRef } from "react";
import { useIme } from "../composer/ime.ts";
import { useModifierKey } from "../keys/modifier-key.ts";
import { Button } from "../ui/button.tsx";
import { IconButton } from "../ui/icon-button.tsx";
import { RevealContext } from "./reveal.ts";
import { linesName, type ReviewComment } from "./review-comment.ts";
import type { Review } from "./review.ts";

interface ThreadProps {
  comments: readonly ReviewComment[];
  review: Review;
  /** The comment that has just been begun: its field takes the focus. */
  focused: string | null;
  /** Their lines are not in the diff any more. */
  isOutdated: boolean;
  /** Gives the focus back to the diff. */
  leave: () => void;
}

/** Comments below the lines that they are about. */
export function CommentThread({ comments, review, focused, isOutdated, leave }: ThreadProps) {
  return (
    <div className="flex flex-col gap-2 border-y border-line bg-surface px-3 py-2 font-sans text-sm">
      {comments.map((comment) => (
        <Card key={comment.id} comment={comment}>
          {isOutdated && <Quote comment={comment} />}
          {comment.editing === null ? (
            <Comment comment={comment} review={review} leave={leave} />
          ) : (
            <Editor comment={comment} review={review} isNew={comment.id === focused} leave={leave} />
          )}
        </Card>
      ))}
    </div>
  );
}

function Card({ comment, children }: { comment: ReviewComment; children: ReactNode }) {
  const revealed = useContext(RevealContext);
  const frame = useRef<HTMLElement>(null);
  useEffect(() => {
    if (revealed?.id !== comment.id) return;
    const field = frame.current?.querySelector("textarea");
    (field ?? frame.current)?.focus({ preventScroll: true });
    frame.current?.scrollIntoView({ block: "center" });
  }, [revealed, comment.id]);
  return (
    <section
      ref={frame}
      tabIndex={-1}
      aria-label={`Comment on ${linesName(comment.lines)}`}
      className="rounded-lg border border-line bg-background"
    >
      {children}
    </section>
  );
}

const MAX_QUOTED = 3;

function Quote({ comment: { lines } }: { comment: ReviewComment }) {
  return (
    <div className="border-b border-line px-2.5 py-1.5">
      <p className="text-xs text-waits">Outdated: {linesName(lines)} changed since</p>
      <pre translate="no" className="overflow-hidden font-mono text-xs text-ellipsis text-muted">
        {lines
          .slice(0, MAX_QUOTED)
          .map(({ text }) => text.slice(0, 200))
          .join("\n")}
        {lines.length > MAX_QUOTED && "\n…"}
      </pre>
    </div>
  );
}

interface CommentProps {
  comment: ReviewComment;
  review: Review;
  leave: () => void;
}

function Comment({ comment, review, leave }: CommentProps) {
  return (
    <div className="flex items-start gap-1 py-1 pr-1 pl-2.5">
      <p dir="auto" className="min-w-0 grow py-0.5 [overflow-wrap:anywhere] whitespace-pre-wrap">
        {comment.text}
      </p>
      <IconButton small icon={Pencil} label="Edit comment" onClick={() => review.edit(comment.id)} />
      <IconButton
        small
        icon={Trash2}
        label="Delete comment"
        onClick={() => {
          leave();
          review.remove(comment.id);
        }}
      />
    </div>
  );
}

/** Longer comments belong in a message. */
const MAX_COMMENT = 10_000;

function Editor({ comment, review, isNew, leave }: CommentProps & { isNew: boolean }) {
  const { id, text } = comment;
  const editing = comment.editing ?? "";
  const field = useRef<HTMLTextAreaElement>(null);
  const ime = useIme();
  const modifier = useModifierKey();
  const wasSaved = text !== "";
  useEffect(() => {
    // What a reload brings back takes no focus; a button that was pressed hands it over.
    const isHere = document.activeElement === document.body || document.activeElement === null;
    if (!isNew && !(wasSaved && isHere)) return;
    field.current?.focus({ preventScroll: !isNew });
    field.current?.setSelectionRange(field.current.value.length, field.current.value.length);
  }, [isNew, wasSaved]);
  const canSave = editing.trim() !== "";
  const save = (): void => {
    if (!canSave) return;
    leave();
    review.save(id);
  };
  const cancel = (): void => {
    leave();
    review.cancel(id);
  };
  return (
    <form
      aria-label={wasSaved ? "Edit comment" : "New comment"}
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
      className="p-1.5"
    >
      <textarea
        ref={field}
        dir="auto"
        rows={2}
        value={editing}
        maxLength={MAX_COMMENT}
        aria-label="Comment"
        placeholder="What should change?"
        onChange={(event) => review.write(id, event.target.value)}
        onCompositionEnd={ime.onCompositionEnd}
        onKeyDown={(event) => {
          if (ime.owns(event)) return;
          if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) {
            event.preventDefault();
            save();
          } else if (event.key === "Escape") {
            event.preventDefault();
            // What was written stays until it is discarded by its button.
            if (editing.trim() === "" || editing === text) cancel();
            else leave();
          }
        }}
        className="block field-sizing-content max-h-60 min-h-13 w-full resize-none rounded-md border border-line bg-background px-2 py-1.5 text-sm placeholder:text-faint max-md:text-[16px]"
      />
      <div className="mt-1.5 flex items-center gap-1.5">
        <Button type="submit" size="small" look="primary" disabled={!canSave}>
          {wasSaved ? "Save" : "Add comment"}
        </Button>
        <Button size="small" look="quiet" onClick={cancel}>
          Cancel
        </Button>
        <span className="ml-auto text-xs text-faint max-md:hidden">{modifier} ↵</span>
      </div>
    </form>
  );
}
