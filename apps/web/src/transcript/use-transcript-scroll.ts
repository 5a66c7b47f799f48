import { type ReactVirtualizer, useVirtualizer } from "@tanstack/react-virtual";
import { type RefObject, useEffect, useEffectEvent, useLayoutEffect, useRef, useState } from "react";
import type { TranscriptItem } from "./items.ts";

/** Distance from the end at which one still counts as being there, in px: what rounding leaves. */
const AT_END_PX = 2;
/** Below the last row, in px: always there, so that the line which says what goes on moves nothing when it comes. */
const ROOM_BELOW = 52;
/** Above the first one, whether or not there is more to read: rows must not move when there is not any more. */
const ROOM_ABOVE = 40;

export interface TranscriptScroll {
  virtualizer: ReactVirtualizer<HTMLDivElement, HTMLDivElement>;
  isAtEnd: boolean;
  /** Items that came since the end was left. */
  newCount: number;
}

/**
 * The list's window, held at its end: it stays there while rows are added and grow, for as long as nobody scrolls up,
 * and stays where one reads while rows are added before and after. The virtualizer alone writes the scroll position.
 */
export function useTranscriptScroll(
  frame: RefObject<HTMLDivElement | null>,
  items: readonly TranscriptItem[],
): TranscriptScroll {
  const virtualizer = useVirtualizer<HTMLDivElement, HTMLDivElement>({
    count: items.length,
    getScrollElement: () => frame.current,
    estimateSize: (index) => estimatedHeight(items[index]),
    getItemKey: (index) => items[index]?.key ?? index,
    anchorTo: "end",
    followOnAppend: true,
    scrollEndThreshold: AT_END_PX,
    overscan: 6,
    paddingStart: ROOM_ABOVE,
    paddingEnd: ROOM_BELOW,
  });
  const [isAtEnd, setIsAtEnd] = useState(true);
  const lastAtEnd = useRef<string | null>(null);

  const isEmpty = items.length === 0;
  useLayoutEffect(() => {
    if (!isEmpty) virtualizer.scrollToEnd();
  }, [virtualizer, isEmpty]);

  const look = useEffectEvent(() => {
    // By what the virtualizer knows: asking the page would make it lay itself out once more for each row that grew.
    const { scrollOffset, scrollRect } = virtualizer;
    if (scrollOffset === null || scrollRect === null) return;
    setIsAtEnd(virtualizer.getTotalSize() - scrollRect.height - scrollOffset <= AT_END_PX + 1);
  });
  useEffect(() => {
    const element = frame.current;
    const onScroll = (): void => look();
    element?.addEventListener("scroll", onScroll, { passive: true });
    return () => element?.removeEventListener("scroll", onScroll);
  }, [frame]);
  // Rows that grow below what one reads scroll nothing.
  useEffect(() => look());

  const lastKey = items.at(-1)?.key ?? null;
  if (isAtEnd) lastAtEnd.current = lastKey;
  const known = items.findLastIndex(({ key }) => key === lastAtEnd.current);
  const newCount = isAtEnd || known === -1 ? 0 : items.length - 1 - known;
  return { virtualizer, isAtEnd, newCount };
}

/** Before it is measured; the nearer, the less there is to correct. */
function estimatedHeight(item: TranscriptItem | undefined): number {
  switch (item?.kind) {
    case "turn":
    case "waiting":
      return 72;
    case "text":
      return 16 + 22 * Math.ceil(item.text.length / 95);
    case "end":
      return 48;
    case "approval":
      return 84;
    default:
      return 36;
  }
}
