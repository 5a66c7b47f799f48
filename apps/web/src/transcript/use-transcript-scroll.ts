import { type ReactVirtualizer, useVirtualizer } from "@tanstack/react-virtual";
import { type RefObject, useEffect, useEffectEvent, useLayoutEffect, useRef, useState } from "react";
import { AT_END_PX, Following, watchHands } from "./following.ts";
import type { TranscriptItem } from "./items.ts";

/** Below the last row, in px: always there, so that the line which says what goes on moves nothing when it comes. */
const ROOM_BELOW = 52;
/** Above the first one, whether or not there is more to read: rows must not move when there is not any more. */
const ROOM_ABOVE = 40;

export interface TranscriptScroll {
  virtualizer: ReactVirtualizer<HTMLDivElement, HTMLDivElement>;
  /** Whether the list is held at its end. */
  isFollowing: boolean;
  /** Items that came since it is not. */
  newCount: number;
  follow(): void;
  /** Somebody goes elsewhere in the list. */
  leave(): void;
}

/**
 * The list's window, held at its end until somebody scrolls up (following.ts); then it stays where one reads while rows
 * are added before and after. The virtualizer alone writes the scroll position.
 */
export function useTranscriptScroll(
  frame: RefObject<HTMLDivElement | null>,
  items: readonly TranscriptItem[],
): TranscriptScroll {
  const [isFollowing, setIsFollowing] = useState(true);
  const [following] = useState(() => new Following(setIsFollowing));
  const virtualizer = useVirtualizer<HTMLDivElement, HTMLDivElement>({
    count: items.length,
    getScrollElement: () => frame.current,
    estimateSize: (index) => estimatedHeight(items[index]),
    getItemKey: (index) => items[index]?.key ?? index,
    anchorTo: "end",
    followOnAppend: isFollowing,
    scrollEndThreshold: AT_END_PX,
    overscan: 6,
    paddingStart: ROOM_ABOVE,
    paddingEnd: ROOM_BELOW,
  });
  const lastSeen = useRef<string | null>(null);

  const holdAtEnd = useEffectEvent(() => {
    if (!following.isOn || items.length === 0) return;
    const { scrollOffset, scrollRect } = virtualizer;
    // By what the virtualizer knows: asking the page would make it lay itself out once more for each row that grew.
    const toEnd = virtualizer.getTotalSize() - (scrollRect?.height ?? 0) - (scrollOffset ?? 0);
    if (toEnd > AT_END_PX || scrollOffset === null) virtualizer.scrollToEnd();
  });
  useLayoutEffect(() => holdAtEnd());
  useEffect(() => {
    const element = frame.current;
    if (element === null) return undefined;
    const unwatch = watchHands(element, following);
    // A composer that grows, a window that is lowered, a phone that is turned.
    const observer = new ResizeObserver(() => holdAtEnd());
    observer.observe(element);
    return () => {
      unwatch();
      observer.disconnect();
    };
  }, [frame, following]);

  const lastKey = items.at(-1)?.key ?? null;
  if (isFollowing) lastSeen.current = lastKey;
  const known = items.findLastIndex(({ key }) => key === lastSeen.current);
  const newCount = isFollowing || known === -1 ? 0 : items.length - 1 - known;
  return {
    virtualizer,
    isFollowing,
    newCount,
    follow() {
      following.set(true);
      virtualizer.scrollToEnd();
    },
    leave: () => following.set(false),
  };
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
    case "question":
      return 84;
    default:
      return 36;
  }
}
