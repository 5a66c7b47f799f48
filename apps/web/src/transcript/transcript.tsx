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
import { useLeftWords } from "../approvals/use-left-words.ts";
import { useIsReadOnly } from "../session-stream/read-only.ts";
import { useCurrentSession, useSessionState } from "../session-stream/use-open-session.ts";
import { ActivityLine } from "./activity-line.tsx";
import { ExpansionContext } from "./expansion.ts";
import { keysOfEvent, lastOpenCall, placeOfEvent, type TranscriptItem, transcriptItems } from "./items.ts";
import { NewBelow } from "./new-below.tsx";
import { OlderLine } from "./older-line.tsx";
import { PlacedRow } from "./placed-row.tsx";
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
  // Not of the transcript, but of every session's page, and nothing that its first load needs.
  useLeftWords(session, useIsReadOnly());
  const view = useSessionState((state) => state.view);
  const { items, isBusy } = useTranscriptItems();
  const [marked, setMarked] = useState<string | null>(null);
  const frame = useRef<HTMLDivElement>(null);
  const look = useRef<() => void>(() => {});
  const { virtualizer, sizer, measure, isFollowing, newCount, follow, leave } = useTranscriptScroll(
    frame,
    items,
    look,
  );
  const openCall = lastOpenCall(view.rows);

  const jumps = useRef(0);
  /** @returns whether nobody has asked for another place since: what is far back is loaded first, which takes its time */
  const begin = (): (() => boolean) => {
    const mine = ++jumps.current;
    return () => jumps.current === mine;
  };
  const goTo = (all: readonly TranscriptItem[], place: number): void => {
    const item = all[place];
    if (item === undefined) return;
    begin();
    setMarked(item.key);
    leave();
    virtualizer.scrollToIndex(place, { align: "center" });
  };
  const toEvent = async (seq: number): Promise<void> => {
    const isWanted = begin();
    await session.readBackTo(seq);
    if (!isWanted()) return;
    const { view: read } = session.state.getState();
    const all = transcriptItems(read.rows, null);
    // Once the rows just loaded have been positioned.
    requestAnimationFrame(() => goTo(all, placeOfEvent(all, read, seq)));
  };
  const expansion = useContext(ExpansionContext);
  const reveal = async (seq: number): Promise<void> => {
    const isWanted = begin();
    await session.readBackTo(seq);
    if (!isWanted()) return;
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
      begin();
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
    look.current = () => {
      const rendered = virtualizer.getVirtualItems();
      const top = virtualizer.scrollOffset ?? 0;
      const height = virtualizer.scrollRect?.height ?? 0;
      const visible = visibleSeqs(items, rendered, top, top + height);
      const known = transcriptView.getState();
      if (known.first !== visible.first || known.last !== visible.last) transcriptView.setState(visible);
      // At the end nothing above it is needed, unless all of it is visible. When it opens, the list is at its end only
      // after its first rows were measured at its top.
      const isNearTop =
        rendered[0] !== undefined &&
        rendered[0].index < READ_AHEAD &&
        (!isFollowing || virtualizer.getTotalSize() <= height);
      if (isNearTop && session.state.getState().older === "some") void session.readOlder();
    };
    look.current();
  });

  return (
    <div className="relative min-h-0 grow basis-0">
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
        <div ref={sizer} className="relative mx-auto w-full max-w-[808px]">
          <OlderLine />
          {shown.map(({ key, index }) => {
            const item = items[index];
            if (item === undefined) return null;
            return (
              <PlacedRow
                key={key}
                measure={measure}
                index={index}
                item={item}
                isMarked={item.key === marked}
                isPointed={item.key === pointedKey}
                opensByItself={item.key === openCall}
              />
            );
          })}
          {isBusy && items.length > 0 && <ActivityLine />}
        </div>
      </div>
      {!isFollowing && <NewBelow count={newCount} go={follow} />}
    </div>
  );
}
