import { Fragment, memo, type ReactNode, useMemo, useRef } from "react";
import type { DiffRows } from "./diff-blocks.ts";
import type { DiffLayout } from "./diff-layout.ts";
import { type Colours, useSideColours } from "./block-colours.ts";
import { HunkLine, Line } from "./diff-line.tsx";
import { isSelected, type LineSelection, type LineSide } from "./line-selection.ts";
import { useIsNear } from "./near.ts";
import type { DiffLine } from "./parse-diff.ts";

const LINE_PX = 18;
/** Rendered at once where a diff begins. */
const FIRST_BLOCKS = 2;

export interface DiffBlockProps {
  lines: readonly DiffLine[];
  rows: DiffRows;
  layout: DiffLayout;
  number: number;
  language: string | null;
  /** Null: nothing of it is in this block. */
  selection: LineSelection | null;
  /** The line that has Tab's stop, if it is in this block. */
  stop: number | null;
  /** What stands below lines, by their places. */
  below: ReadonlyMap<number, ReactNode>;
  /** It stays rendered, e.g. because a comment is written in it. */
  isPinned: boolean;
}

/** Some rows of a diff, rendered while they are near the visible part. */
export const DiffBlock = memo(function DiffBlock(props: DiffBlockProps) {
  const { rows, number, isPinned } = props;
  const frame = useRef<HTMLDivElement>(null);
  const { isNear, height } = useIsNear(frame, number < FIRST_BLOCKS);
  const isShown = isNear || isPinned;
  return (
    <div ref={frame} style={isShown ? undefined : { height: height ?? rows.count * LINE_PX }}>
      {isShown && <Rows {...props} />}
    </div>
  );
});

function Rows({ lines, rows: block, layout, number, language, selection, stop, below }: DiffBlockProps) {
  const rows = block.rows();
  const places = useMemo(() => {
    const of = (side: "before" | "after", other: DiffLine["kind"]): number[] =>
      rows
        .flatMap((row) => row[side] ?? [])
        .filter((place) => {
          const kind = lines[place]?.kind;
          return kind !== other && kind !== "hunk" && kind !== "note";
        });
    return { before: of("before", "added"), after: of("after", "deleted") };
  }, [rows, lines]);
  const before = useSideColours(lines, places.before, "deleted", language);
  const after = useSideColours(lines, places.after, "added", language);
  const firstStop = stop ?? places.after[0] ?? places.before[0] ?? null;
  const cell = (place: number | null, side: LineSide): ReactNode => {
    const line = place === null ? undefined : lines[place];
    if (place === null || line === undefined) return <div className="bg-surface" />;
    const colours: Colours = side === "before" || line.kind === "deleted" ? before : after;
    return (
      <Line
        line={line}
        place={place}
        side={side}
        tokens={colours.get(place)}
        isStop={place === firstStop}
        isSelected={selection !== null && isSelected(selection, place, side)}
      />
    );
  };
  return rows.map((row, index) => {
    const place = row.before ?? row.after ?? 0;
    const line = lines[place];
    if (line?.kind === "hunk")
      return <HunkLine key={place} text={line.text} isFirst={number === 0 && index === 0} />;
    const shown =
      layout === "unified" || line?.kind === "note" ? (
        cell(place, "both")
      ) : (
        <div className="grid grid-cols-2 divide-x divide-line">
          {cell(row.before, "before")}
          {cell(row.after, "after")}
        </div>
      );
    return (
      <Fragment key={place}>
        {shown}
        {row.before !== null && below.get(row.before)}
        {row.after !== null && row.after !== row.before && below.get(row.after)}
      </Fragment>
    );
  });
}
