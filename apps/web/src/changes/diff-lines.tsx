import { memo, type ReactNode, useContext, useMemo, useRef, useState } from "react";
import { CommentThread } from "../review/comment-thread.tsx";
import { RevealContext } from "../review/reveal.ts";
import { type Place, placeOf, type ReviewComment } from "../review/review-comment.ts";
import type { Review } from "../review/review.ts";
import { sectionsOf } from "./diff-blocks.ts";
import type { DiffLayout } from "./diff-layout.ts";
import { DiffSection } from "./diff-section.tsx";
import { lineKeys } from "./line-keys.ts";
import { type LineSelection, selectedLines } from "./line-selection.ts";
import type { DiffLine } from "./parse-diff.ts";
import { useDiffLines } from "./use-diff-lines.ts";
import { useLineDrag } from "./use-line-drag.ts";

interface DiffLinesProps {
  path: string;
  /** Of one file, as git prints it. */
  diff: string;
  /** For its colours; null: none. */
  language: string | null;
  layout: DiffLayout;
  review: Review;
  /** On this file. */
  comments: readonly ReviewComment[];
}

/** A file's diff with the line numbers of both sides, and comments on its lines. */
export const DiffLines = memo(function DiffLines(props: DiffLinesProps) {
  const { path, diff, language, layout, review, comments } = props;
  const { lines, isWhole } = useDiffLines(diff);
  const sections = useMemo(() => sectionsOf(lines, layout), [lines, layout]);
  const { placed, outdated } = usePlaced(comments, lines, isWhole);
  const [selection, setSelection] = useState<LineSelection | null>(null);
  const [stop, setStop] = useState<number | null>(null);
  const [begun, setBegun] = useState<string | null>(null);
  const revealed = useContext(RevealContext)?.id;
  const frame = useRef<HTMLDivElement>(null);

  const begin = (chosen: LineSelection): void => {
    const picked = selectedLines(chosen, lines);
    if (picked.length === 0) return;
    setSelection(null);
    setBegun(review.begin(path, picked));
  };
  const drag = useLineDrag({ selection, setSelection, begin });
  const keys = lineKeys(selection, setSelection);
  const thread = (some: readonly ReviewComment[], end: number | null): ReactNode => (
    <CommentThread
      comments={some}
      review={review}
      focused={begun}
      isOutdated={end === null}
      leave={() => {
        const line = end === null ? null : frame.current?.querySelector(`[data-line="${end}"] [data-gutter]`);
        const next = line ?? frame.current?.querySelector("[data-gutter]");
        if (next instanceof HTMLElement) next.focus({ preventScroll: true });
        else frame.current?.closest<HTMLElement>("[tabindex]")?.focus({ preventScroll: true });
      }}
    />
  );
  const below =
    placed.size === 0
      ? NOTHING
      : new Map([...placed].map(([end, some]) => [end, thread(some, end)] as const));
  // What is written in, or was jumped to.
  const pinned =
    placed.size === 0
      ? NOWHERE
      : new Set(
          [...placed]
            .filter(([, some]) => some.some(({ id, editing }) => editing !== null || id === revealed))
            .map(([end]) => end),
        );
  const digits = String(lines.findLast(({ kind }) => kind !== "note")?.after ?? "").length;

  return (
    <div
      ref={frame}
      translate="no"
      style={{ "--number": `calc(${Math.max(3, digits)}ch + 8px)` } as React.CSSProperties}
      className="font-mono text-code"
      onFocus={({ target }) => {
        const line = target.closest<HTMLElement>("[data-line]");
        if (line !== null) setStop(Number(line.dataset["line"]));
      }}
      {...drag}
      {...keys}
    >
      {outdated.length > 0 && thread(outdated, null)}
      {sections.map((blocks, place) => (
        <DiffSection
          // Sections are identified by their place.
          key={place}
          blocks={blocks}
          lines={lines}
          layout={layout}
          language={language}
          selection={selection}
          stop={stop}
          below={below}
          pinned={pinned}
        />
      ))}
    </div>
  );
});

const NOTHING: ReadonlyMap<number, ReactNode> = new Map();
const NOWHERE: ReadonlySet<number> = new Set();

/** The comments by the line that they stand below, and those whose lines are gone. */
function usePlaced(comments: readonly ReviewComment[], lines: readonly DiffLine[], isWhole: boolean) {
  return useMemo(() => {
    const placed = new Map<number, ReviewComment[]>();
    const outdated: ReviewComment[] = [];
    for (const comment of comments) {
      const place: Place = placeOf(comment, lines);
      if (place !== null) placed.set(place.end, [...(placed.get(place.end) ?? []), comment]);
      else if (isWhole) outdated.push(comment);
    }
    return { placed, outdated };
  }, [comments, lines, isWhole]);
}
