import {
  type ReactNode,
  type RefObject,
  useContext,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import { useStore } from "zustand";
import { ErrorBoundary } from "../ui/error-boundary.tsx";
import { useCurrentSession, useSessionState } from "../session-stream/use-open-session.ts";
import { ActivityLine } from "./activity-line.tsx";
import { ExpansionContext } from "./expansion.ts";
import { keysOfEvent, lastOpenCall, placeOfEvent, type TranscriptItem, transcriptItems } from "./items.ts";
import { NewBelow } from "./new-below.tsx";
import { OlderLine } from "./older-line.tsx";
import { RowView } from "./row-view.tsx";
import { transcriptView, visibleSeqs } from "./transcript-view.ts";
import { useHashTarget } from "./use-hash-target.ts";
import { useHomeKey } from "./use-home-key.ts";
import { useTranscriptItems } from "./use-transcript-items.ts";
import { useTranscriptScroll } from "./use-transcript-scroll.ts";

export interface TranscriptHandle {
  /** Moves to the next or previous item, from the current one. */
  step(by: 1 | -1): void;
  /** Moves to the next or previous prompt. */
  stepTurn(by: 1 | -1): void;
  toEnd(): void;
  toEvent(seq: number): void;
  /** Goes to an event and opens its row; resolves once it is loaded and on its way into view. */
  reveal(seq: number): Promise<void>;
  /** Scrolls by this many px. */
  scrollBy(px: number): void;
  /** The current item; null if there is none. */
  current(): TranscriptItem | null;
}

/** A row that can't be rendered must not take the others with it. */
function brokenRow(error: Error): ReactNode {
  return <p className="py-2 text-sm text-failed">Couldn't show this event: {error.message}</p>;
}

/** Distance from the top, in rows, at which older events are loaded. */
const READ_AHEAD = 8;

/** The transcript as far as it is loaded; scrolling up loads more. */
export function Transcript({
  empty,
  handle,
}: {
  empty: ReactNode;
  handle: RefObject<TranscriptHandle | null>;
}) {
  const session = useCurrentSession();
  const view = useSessionState((state) => state.view);
  const older = useSessionState((state) => state.older);
  const { items, isBusy } = useTranscriptItems();
  const [marked, setMarked] = useState<string | null>(null);
  const frame = useRef<HTMLDivElement>(null);
  const { virtualizer, isFollowing, newCount, follow, leave } = useTranscriptScroll(frame, items);
  const openCall = lastOpenCall(view.rows);

  const goTo = (all: readonly TranscriptItem[], place: number): void => {
    const item = all[place];
    if (item === undefined) return;
    setMarked(item.key);
    leave();
    virtualizer.scrollToIndex(place, { align: "center" });
  };
  const toEvent = async (seq: number): Promise<void> => {
    await session.readBackTo(seq);
    const { view: read } = session.state.getState();
    const all = transcriptItems(read.rows, null);
    // Once the rows just loaded have been positioned.
    requestAnimationFrame(() => goTo(all, placeOfEvent(all, read, seq)));
  };
  const expansion = useContext(ExpansionContext);
  const reveal = async (seq: number): Promise<void> => {
    await session.readBackTo(seq);
    const { view: read } = session.state.getState();
    const all = transcriptItems(read.rows, null);
    for (const key of keysOfEvent(all, read, seq)) expansion.setState({ [key]: true });
    await new Promise(requestAnimationFrame);
    goTo(all, placeOfEvent(all, read, seq));
  };
  /** The current item; past either end if there is none. */
  const startOf = (by: 1 | -1): number => {
    const from = items.findIndex(({ key }) => key === marked);
    return from === -1 ? (by === 1 ? -1 : items.length) : from;
  };
  useImperativeHandle(handle, () => ({
    step: (by) => goTo(items, Math.min(items.length - 1, Math.max(0, startOf(by) + by))),
    stepTurn(by) {
      for (let place = startOf(by) + by; place >= 0 && place < items.length; place += by) {
        if (items[place]?.kind === "turn") return goTo(items, place);
      }
    },
    toEnd() {
      // The next move starts from there.
      setMarked(null);
      follow();
    },
    toEvent: (seq) => void toEvent(seq),
    reveal,
    scrollBy: (px) => virtualizer.scrollBy(px, { behavior: "auto" }),
    current: () => items.find(({ key }) => key === marked) ?? null,
  }));
  useHashTarget(toEvent);
  useHomeKey(
    frame,
    () => session.readBackTo(1),
    () => virtualizer.scrollToOffset(0, { behavior: "auto" }),
  );

  const shown = virtualizer.getVirtualItems();
  const pointed = useStore(transcriptView, (state) => state.pointed);
  const pointedKey = pointed === null ? null : items[placeOfEvent(items, view, pointed)]?.key;
  useLayoutEffect(() => {
    const top = virtualizer.scrollOffset ?? 0;
    const visible = visibleSeqs(items, shown, top, top + (virtualizer.scrollRect?.height ?? 0));
    const known = transcriptView.getState();
    if (known.first !== visible.first || known.last !== visible.last) transcriptView.setState(visible);
  });
  const height = virtualizer.scrollRect?.height ?? 0;
  // At the end nothing above it is needed, unless all of it is visible. When it opens, the list is at its end only after
  // its first rows were measured at its top.
  const isNearTop =
    shown[0] !== undefined &&
    shown[0].index < READ_AHEAD &&
    (!isFollowing || virtualizer.getTotalSize() <= height);
  useLayoutEffect(() => {
    if (isNearTop && older === "some") void session.readOlder();
  }, [isNearTop, older, session]);

  return (
    <div className="relative min-h-0 grow">
      <div
        ref={frame}
        role="log"
        aria-live="off"
        aria-label="Transcript"
        data-pane
        tabIndex={0}
        className="h-full overflow-x-hidden overflow-y-auto overscroll-contain -outline-offset-1 [overflow-anchor:none] focus-visible:outline-1"
      >
        <h2 className="sr-only">Transcript</h2>
        {items.length === 0 && empty}
        <div className="relative mx-auto w-full max-w-[808px]" style={{ height: virtualizer.getTotalSize() }}>
          <OlderLine />
          {shown.map(({ key, index, start }) => {
            const item = items[index];
            if (item === undefined) return null;
            return (
              <div
                key={key}
                ref={virtualizer.measureElement}
                data-index={index}
                id={item.seq === null ? undefined : `e-${item.seq}`}
                data-marked={item.key === marked || undefined}
                data-pointed={item.key === pointedKey || undefined}
                className="absolute top-0 left-0 w-full px-6 before:absolute before:inset-y-1 before:left-2.5 before:w-0.5 before:rounded-full data-pointed:before:bg-accent/50 data-marked:before:bg-accent max-md:px-4 max-md:before:left-1"
                style={{ transform: `translateY(${start}px)` }}
              >
                <ErrorBoundary fallback={brokenRow}>
                  <RowView item={item} opensByItself={item.key === openCall} />
                </ErrorBoundary>
              </div>
            );
          })}
          {isBusy && items.length > 0 && <ActivityLine />}
        </div>
      </div>
      {!isFollowing && <NewBelow count={newCount} go={follow} />}
    </div>
  );
}
