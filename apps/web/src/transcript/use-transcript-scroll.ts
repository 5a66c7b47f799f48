import { type ReactVirtualizer, useVirtualizer } from "@tanstack/react-virtual";
import { type RefObject, useEffect, useEffectEvent, useLayoutEffect, useRef, useState } from "react";
import { AT_END_PX, Following, watchHands } from "./following.ts";
import type { TranscriptItem } from "./items.ts";

/** Space below the last row, in px: always there, so the activity line moves nothing when it appears. */
const ROOM_BELOW = 52;
/** Space above the first row, whether or not there are older events: rows must not move when there are none left. */
const ROOM_ABOVE = 40;

export interface TranscriptScroll {
  virtualizer: ReactVirtualizer<HTMLDivElement, HTMLDivElement>;
  /** Ref of the element that is as high as all rows. */
  sizer: (element: HTMLElement | null) => void;
  /** Ref of each row. */
  measure: (element: HTMLDivElement | null) => void;
  /** Whether the list sticks to its end. */
  isFollowing: boolean;
  /** Items added since it doesn't. */
  newCount: number;
  follow(): void;
  /** Jumps elsewhere in the list. */
  leave(): void;
}

/**
 * The visible part of the list. It sticks to the end until the user scrolls up (following.ts), then stays in place
 * while rows are added before and after. Only the virtualizer sets the scroll position, and it writes the places of rows
 * itself: a row that grows renders nothing but itself.
 *
 * @param onMoved called when rows have grown, or the list was scrolled
 */
export function useTranscriptScroll(
  frame: RefObject<HTMLDivElement | null>,
  items: readonly TranscriptItem[],
  onMoved: RefObject<() => void>,
): TranscriptScroll {
  const [isFollowing, setIsFollowing] = useState(true);
  const [following] = useState(() => new Following(setIsFollowing));
  const virtualizer = useVirtualizer<HTMLDivElement, HTMLDivElement>({
    count: items.length,
    getScrollElement: () => frame.current,
    estimateSize: (index) => estimatedHeight(items[index]),
    getItemKey: useItemKey(items),
    directDomUpdates: true,
    // Layers of their own for all rows would cost more than they give.
    directDomUpdatesMode: "position",
    onChange: () => afterMove(),
    anchorTo: "end",
    followOnAppend: isFollowing,
    scrollEndThreshold: AT_END_PX,
    // What is rendered first is the end: the beginning would be rendered, measured and left at once.
    initialRect: { width: 0, height: window.innerHeight },
    initialOffset: () => Math.max(0, estimatedTotal(items) - window.innerHeight),
    overscan: 6,
    paddingStart: ROOM_ABOVE,
    paddingEnd: ROOM_BELOW,
  });
  const lastSeen = useRef<string | null>(null);

  const holdAtEnd = useEffectEvent(() => {
    if (!following.isOn || items.length === 0) return;
    const { scrollOffset, scrollRect } = virtualizer;
    // From the virtualizer's own measurements: asking the DOM would force a layout for each row that grew.
    const toEnd = virtualizer.getTotalSize() - (scrollRect?.height ?? 0) - (scrollOffset ?? 0);
    if (toEnd > AT_END_PX || scrollOffset === null) virtualizer.scrollToEnd();
  });
  const isMoved = useRef(false);
  // Once for all rows that were measured together, and before they are painted.
  const afterMove = (): void => {
    if (isMoved.current) return;
    isMoved.current = true;
    queueMicrotask(() => {
      isMoved.current = false;
      holdAtEnd();
      onMoved.current();
    });
  };
  const scrollUp = useEffectEvent((px: number) => virtualizer.scrollBy(-px, { behavior: "auto" }));
  useLayoutEffect(() => holdAtEnd());
  useEffect(() => {
    const element = frame.current;
    if (element === null) return undefined;
    const unwatch = watchHands(element, following, (px) => scrollUp(px));
    // The composer grew, the window was resized, the phone was turned.
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
    sizer: virtualizer.containerRef,
    measure: virtualizer.measureElement,
    isFollowing,
    newCount,
    follow() {
      following.follow();
      virtualizer.scrollToEnd();
    },
    leave: () => following.set(false),
  };
}

/** The same function while the keys are the same: the virtualizer computes all places anew for another one. */
function useItemKey(items: readonly TranscriptItem[]): (index: number) => string | number {
  const [known, setKnown] = useState<ItemKeys>(() => itemKeys(items));
  const isSame =
    known.of === items ||
    (known.keys.length === items.length && items.every(({ key }, index) => key === known.keys[index]));
  if (isSame) return known.keyOf;
  const next = itemKeys(items);
  setKnown(next);
  return next.keyOf;
}

interface ItemKeys {
  of: readonly TranscriptItem[];
  keys: readonly string[];
  keyOf: (index: number) => string | number;
}

function itemKeys(items: readonly TranscriptItem[]): ItemKeys {
  const keys = items.map(({ key }) => key);
  return { of: items, keys, keyOf: (index) => keys[index] ?? index };
}

const estimatedTotal = (items: readonly TranscriptItem[]): number =>
  items.reduce((sum, item) => sum + estimatedHeight(item), ROOM_ABOVE + ROOM_BELOW);

/** Estimated height; the closer, the less to correct. */
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
