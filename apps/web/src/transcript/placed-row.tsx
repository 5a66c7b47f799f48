import { memo, type ReactNode } from "react";
import { ErrorBoundary } from "../ui/error-boundary.tsx";
import type { TranscriptItem } from "./items.ts";
import { RowView } from "./row-view.tsx";

/** A row that can't be rendered must not take the others with it. */
function brokenRow(error: Error): ReactNode {
  return <p className="py-2 text-sm text-failed">Couldn't show this event: {error.message}</p>;
}

/**
 * A row in its place, which the virtualizer writes itself (use-transcript-scroll.ts). Renders again only when the row
 * changes, not when others do.
 */
export const PlacedRow = memo(function PlacedRow({
  item,
  index,
  measure,
  isMarked,
  isPointed,
  opensByItself,
}: {
  item: TranscriptItem;
  index: number;
  measure: (element: HTMLDivElement | null) => void;
  isMarked: boolean;
  isPointed: boolean;
  opensByItself: boolean;
}) {
  return (
    <div
      ref={measure}
      data-index={index}
      id={item.seq === null ? undefined : `e-${item.seq}`}
      data-marked={isMarked || undefined}
      data-pointed={isPointed || undefined}
      className="absolute left-0 w-full px-6 before:absolute before:inset-y-1 before:left-2.5 before:w-0.5 before:rounded-full data-pointed:before:bg-accent/50 data-marked:before:bg-accent max-md:px-4 max-md:before:left-1"
    >
      <ErrorBoundary fallback={brokenRow}>
        <RowView item={item} opensByItself={opensByItself} />
      </ErrorBoundary>
    </div>
  );
});
