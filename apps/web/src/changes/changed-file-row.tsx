import type { ChangedFile, Changes } from "@trunkline/contract";
import { clsx } from "clsx";
import { ChevronRight, File, MessageSquare, Undo2 } from "lucide-react";
import { showFile } from "../files/files-place.ts";
import { showInspector } from "../inspector/inspector-state.ts";
import { languageOfFile } from "../markdown/language-name.ts";
import { plural } from "../text/quantity.ts";
import type { Review } from "../review/review.ts";
import type { ReviewComment } from "../review/review-comment.ts";
import { revealHidden } from "../text/reveal-hidden.ts";
import { Button } from "../ui/button.tsx";
import { CopyButton } from "../ui/copy-button.tsx";
import { IconButton } from "../ui/icon-button.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { Counts } from "./counts.tsx";
import type { DiffLayout } from "./diff-layout.ts";
import { DiffLines } from "./diff-lines.tsx";
import { changeWords, modeWords } from "./change-words.ts";
import { type ChangesScope, useDiff } from "./use-changes.ts";

interface ChangedFileProps {
  file: ChangedFile;
  changes: Changes;
  scope: ChangesScope;
  isOpen: boolean;
  toggle: () => void;
  /** Null: not at the moment. */
  revert: (() => void) | null;
  layout: DiffLayout;
  review: Review;
  /** On this file. */
  comments: readonly ReviewComment[];
}

/** A changed file, and its diff on demand. */
export function ChangedFileRow(props: ChangedFileProps) {
  const { file, scope, isOpen, toggle, revert, comments } = props;
  const path = revealHidden(file.path);
  const slash = path.lastIndexOf("/") + 1;
  const { letter, word, color } = changeWords(file.status);
  const mode = modeWords(file);
  return (
    <div>
      <div
        className={clsx(
          "group/file relative",
          isOpen && "sticky top-0 z-20 border-b border-line bg-background",
        )}
      >
        <button
          type="button"
          translate="no"
          aria-expanded={isOpen}
          onClick={toggle}
          className="flex h-8 w-full items-center gap-2 pr-3 pl-3 text-left text-sm -outline-offset-2 transition-colors hover:bg-hover max-md:h-10"
        >
          <ChevronRight
            aria-hidden
            className={clsx("size-3.5 shrink-0 text-faint transition-transform", isOpen && "rotate-90")}
          />
          <span aria-hidden title={word} className={clsx("w-3 shrink-0 font-mono text-xs", color)}>
            {letter}
          </span>
          <span className="sr-only">{word}: </span>
          <span
            className="min-w-0 truncate font-mono text-code"
            title={file.oldPath === undefined ? path : `${revealHidden(file.oldPath)} → ${path}`}
          >
            <span className="text-faint">{path.slice(0, slash)}</span>
            {path.slice(slash)}
          </span>
          {mode !== null && <span className="shrink-0 text-xs text-faint">{mode}</span>}
          <span className="grow" />
          {comments.length > 0 && (
            <span className="flex shrink-0 items-center gap-1 text-xs text-accent">
              <MessageSquare aria-hidden className="size-3" strokeWidth={2} />
              <span aria-hidden>{comments.length}</span>
              <span className="sr-only">{plural(comments.length, "comment")}</span>
            </span>
          )}
          {file.binary ? <span className="text-xs text-faint">binary</span> : <Counts {...file} />}
        </button>
        <span className="absolute top-1 right-2 hidden gap-0.5 rounded-md bg-background group-focus-within/file:flex group-hover/file:flex">
          <CopyButton text={file.path} label="Copy path" />
          {file.status !== "deleted" && (
            <IconButton
              small
              icon={File}
              label={`Open ${path}`}
              onClick={() => {
                showFile(scope.sessionId, file.path);
                showInspector("files");
              }}
            />
          )}
          {revert !== null && <IconButton small icon={Undo2} label={`Revert ${path}`} onClick={revert} />}
        </span>
      </div>
      {isOpen && <FileDiff {...props} />}
    </div>
  );
}

function FileDiff({ file, changes, scope, layout, review, comments }: ChangedFileProps) {
  const diff = useDiff(scope, file, changes);
  return (
    <section aria-label={`Diff of ${file.path}`} className="mb-3 border-b border-line">
      {file.oldPath !== undefined && (
        <p className="border-b border-line px-3 py-1.5 text-xs [overflow-wrap:anywhere] text-muted">
          Renamed from <code className="font-mono">{revealHidden(file.oldPath)}</code>
        </p>
      )}
      {diff.isPending && <Skeleton className="m-3 h-16" />}
      {diff.isError && diff.data === undefined && (
        <p role="alert" className="flex items-center gap-2 px-3 py-2 text-sm text-muted">
          <span className="min-w-0 grow">Couldn't load the diff. {diff.error.message}</span>
          <Button size="small" onClick={() => void diff.refetch()}>
            Retry
          </Button>
        </p>
      )}
      {diff.data !== undefined && (
        <>
          <DiffLines
            path={file.path}
            diff={diff.data.diff}
            language={languageOfFile(file.path)}
            layout={layout}
            review={review}
            comments={comments}
          />
          {file.additions === 0 && file.deletions === 0 && !file.binary && (
            <p className="px-3 py-2 text-xs text-faint">{modeWords(file) ?? "No lines changed"}</p>
          )}
          {diff.data.truncated && (
            <p className="border-t border-line px-3 py-1.5 text-xs text-muted">
              The rest of this diff is too large to show.
            </p>
          )}
        </>
      )}
    </section>
  );
}
