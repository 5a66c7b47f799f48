import { useQueryClient } from "@tanstack/react-query";
import { ChevronsDownUp, ChevronsUpDown, Columns2, GitPullRequest, RotateCw, Undo2 } from "lucide-react";
import { useMemo, useRef, useState } from "react";
import { reload } from "../api/reload.ts";
import { useCurrentSession, useSessionState } from "../session-stream/use-open-session.ts";
import { plural } from "../text/quantity.ts";
import { Button } from "../ui/button.tsx";
import { IconButton } from "../ui/icon-button.tsx";
import { PanelProblem } from "../ui/panel-problem.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { PublishPanel } from "../publish/publish-panel.tsx";
import { RevealContext } from "../review/reveal.ts";
import type { ReviewComment } from "../review/review-comment.ts";
import { ReviewTray } from "../review/review-tray.tsx";
import { useReview } from "../review/use-review.ts";
import { ChangedFileRow } from "./changed-file-row.tsx";
import { Counts } from "./counts.tsx";
import { changesKey, type ChangesScope, useChanges } from "./use-changes.ts";
import { NearContext, useNearWatch } from "./near.ts";
import { useRevert } from "./use-revert.ts";
import { useRoomForLayout } from "./use-room-for-layout.ts";

/** Files listed at once; the rest is a click away. */
const PAGE_FILES = 200;

/** What differs in the workspace, whatever wrote it: shells included. */
export function ChangesPanel() {
  const { sessionId } = useCurrentSession();
  const queries = useQueryClient();
  const lastTaskSeq = useSessionState(({ view }) => view.rows.findLast(({ kind }) => kind === "turn")?.seq);
  const [isLastTask, setIsLastTask] = useState(false);
  const scope: ChangesScope = { sessionId, fromSeq: isLastTask ? (lastTaskSeq ?? null) : null };
  const changes = useChanges(scope);
  const { revert, isBlocked } = useRevert(sessionId);
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const [pages, setPages] = useState(1);
  const { review, comments } = useReview(sessionId);
  const byPath = useMemo(() => Map.groupBy(comments, ({ path }) => path), [comments]);
  const [revealed, setRevealed] = useState<{ id: string } | null>(null);
  const frame = useRef<HTMLElement>(null);
  const near = useNearWatch(frame);
  const { layout, isSplit, setIsSplit } = useRoomForLayout(frame);
  const [isPublishing, setIsPublishing] = useState(false);
  const hasPublished = useSessionState(({ view }) =>
    view.events.some(({ type }) => type === "session.published"),
  );
  const toggle = (path: string): void => {
    const next = new Set(open);
    if (!next.delete(path)) next.add(path);
    setOpen(next);
  };
  // While another part is loaded, the files are those of the one before.
  const { data, isPlaceholderData: isOld } = changes;
  const files = data?.files ?? [];
  const isAllOpen = files.length > 0 && files.every(({ path }) => open.has(path));
  return (
    <div className="flex h-full flex-col">
      <div className="@container flex h-9 shrink-0 items-center gap-1 border-b border-line pr-2 pl-2">
        <select
          aria-label="Which changes"
          value={isLastTask ? "last" : "all"}
          onChange={(event) => setIsLastTask(event.target.value === "last")}
          className="h-6.5 rounded-md bg-transparent px-1.5 text-xs text-muted hover:bg-hover max-md:text-[16px]"
        >
          <option value="all">All changes</option>
          <option value="last">Last task</option>
        </select>
        {data !== undefined && files.length > 0 && (
          <span className="flex h-4 min-w-12 flex-wrap gap-x-2 overflow-hidden text-xs leading-4 text-faint">
            <span className="shrink-0">{plural(files.length, "file")}</span>
            <Counts {...data} />
          </span>
        )}
        <span className="grow" />
        {files.length > 0 && !isLastTask && (
          <Button
            size="small"
            look="quiet"
            disabled={isBlocked || isOld}
            data-hint={isBlocked ? "Stop the task first" : "Revert all changes"}
            onClick={() => void revert({ kind: "start" })}
          >
            <Undo2 aria-hidden className="size-3.5" strokeWidth={1.75} />
            <span className="@max-[460px]:sr-only">Revert all…</span>
          </Button>
        )}
        {(files.length > 0 || hasPublished) && (
          <Button size="small" aria-expanded={isPublishing} onClick={() => setIsPublishing(!isPublishing)}>
            <GitPullRequest aria-hidden className="size-3.5" strokeWidth={1.75} />
            Publish…
          </Button>
        )}
        {files.length > 0 && (
          <>
            <IconButton
              small
              icon={isAllOpen ? ChevronsDownUp : ChevronsUpDown}
              label={isAllOpen ? "Collapse all files" : "Expand all files"}
              onClick={() => setOpen(new Set(isAllOpen ? [] : files.map(({ path }) => path)))}
            />
            <IconButton
              small
              icon={Columns2}
              label="Side by side"
              aria-pressed={isSplit}
              className="max-md:hidden"
              onClick={() => setIsSplit(!isSplit)}
            />
          </>
        )}
        <IconButton
          small
          icon={RotateCw}
          label="Reload changes"
          onClick={() => void reload(queries, changesKey(sessionId))}
        />
      </div>
      {isPublishing && <PublishPanel close={() => setIsPublishing(false)} />}
      <section
        ref={frame}
        tabIndex={0}
        aria-label="Changes"
        aria-busy={isOld}
        className="min-h-0 grow overflow-x-hidden overflow-y-auto pb-4 -outline-offset-2 aria-busy:opacity-60"
      >
        {changes.isPending && <ListSkeleton />}
        {changes.isError && data === undefined && (
          <PanelProblem
            title="Couldn't load the changes"
            error={changes.error}
            retry={() => void changes.refetch()}
          />
        )}
        {data !== undefined && files.length === 0 && (
          <p className="p-4 text-sm text-muted">
            {isLastTask ? "The last task changed no files." : "No changes yet."}
          </p>
        )}
        {data !== undefined && (
          <NearContext value={near}>
            <RevealContext value={revealed}>
              {files.slice(0, pages * PAGE_FILES).map((file) => (
                <ChangedFileRow
                  key={file.path}
                  file={file}
                  changes={data}
                  scope={scope}
                  isOpen={open.has(file.path)}
                  toggle={() => toggle(file.path)}
                  revert={isBlocked || isLastTask || isOld ? null : () => void revert({ kind: "file", file })}
                  layout={layout}
                  review={review}
                  comments={byPath.get(file.path) ?? NO_COMMENTS}
                />
              ))}
            </RevealContext>
          </NearContext>
        )}
        {files.length > pages * PAGE_FILES && (
          <Button size="small" look="quiet" className="ml-3" onClick={() => setPages(pages + 1)}>
            Show {plural(Math.min(PAGE_FILES, files.length - pages * PAGE_FILES), "more file")}
          </Button>
        )}
        {data?.truncated === true && (
          <p className="px-4 py-2 text-xs text-muted">
            More files changed than are listed. `trunkline diff` shows them all.
          </p>
        )}
      </section>
      {data !== undefined && comments.length > 0 && (
        <ReviewTray
          sessionId={sessionId}
          scope={scope}
          changes={data}
          review={review}
          comments={comments}
          reveal={({ id, path }) => {
            setOpen(new Set([...open, path]));
            setRevealed({ id });
          }}
          leave={() => frame.current?.focus({ preventScroll: true })}
        />
      )}
    </div>
  );
}

const NO_COMMENTS: readonly ReviewComment[] = [];

function ListSkeleton() {
  return (
    <div aria-hidden>
      {["w-40", "w-56", "w-44"].map((width) => (
        <div key={width} className="flex h-8 items-center gap-2 px-4">
          <Skeleton className="size-3.5" />
          <Skeleton className={`h-3 ${width}`} />
        </div>
      ))}
    </div>
  );
}
