import { memo, type ReactNode, useMemo, useRef } from "react";
import { DiffBlock } from "./diff-block.tsx";
import type { DiffRows } from "./diff-blocks.ts";
import type { DiffLayout } from "./diff-layout.ts";
import type { LineSelection } from "./line-selection.ts";
import { useIsNear } from "./near.ts";
import type { DiffLine } from "./parse-diff.ts";

const LINE_PX = 18;

export interface DiffSectionProps {
  blocks: readonly DiffRows[];
  lines: readonly DiffLine[];
  layout: DiffLayout;
  language: string | null;
  selection: LineSelection | null;
  stop: number | null;
  below: ReadonlyMap<number, ReactNode>;
  /** Places of lines below which something must stay rendered. */
  pinned: ReadonlySet<number>;
}

/** Some blocks of a long diff, there while they are near the visible part. */
export const DiffSection = memo(function DiffSection(props: DiffSectionProps) {
  const { blocks, pinned } = props;
  const frame = useRef<HTMLDivElement>(null);
  const { isNear, height } = useIsNear(frame, blocks[0]?.number === 0);
  const isShown = isNear || blocks.some((block) => holdsAny(block, pinned));
  const rows = blocks.reduce((sum, { count }) => sum + count, 0);
  return (
    <div ref={frame} style={isShown ? undefined : { height: height ?? rows * LINE_PX }}>
      {isShown && blocks.map((block) => <Block key={block.number} {...props} block={block} />)}
    </div>
  );
});

const NOTHING: ReadonlyMap<number, ReactNode> = new Map();

function Block({ block, below, pinned, selection, stop, ...same }: DiffSectionProps & { block: DiffRows }) {
  const [first, last] = block.bounds();
  const holds = (place: number): boolean => place >= first && place <= last;
  const here = useMemo(() => {
    const some = [...below].filter(([end]) => end >= first && end <= last);
    return some.length === 0 ? NOTHING : new Map(some);
  }, [below, first, last]);
  return (
    <DiffBlock
      number={block.number}
      lines={same.lines}
      rows={block}
      layout={same.layout}
      language={same.language}
      selection={selection !== null && touches(selection, first, last) ? selection : null}
      stop={stop !== null && holds(stop) ? stop : null}
      below={here}
      isPinned={holdsAny(block, pinned)}
    />
  );
}

function holdsAny(block: DiffRows, places: ReadonlySet<number>): boolean {
  if (places.size === 0) return false;
  const [first, last] = block.bounds();
  return [...places].some((place) => place >= first && place <= last);
}

function touches({ from, to }: LineSelection, first: number, last: number): boolean {
  return Math.min(from, to) <= last && Math.max(from, to) >= first;
}
