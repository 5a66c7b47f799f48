import { useVirtualizer } from "@tanstack/react-virtual";
import { useDeferredValue, useLayoutEffect, useMemo, useRef, useState } from "react";
import { useSessionHits } from "../find/use-session-hits.ts";
import { useCurrentSession, useSessionState } from "../session-stream/use-open-session.ts";
import { grouped, plural } from "../text/quantity.ts";
import { Button } from "../ui/button.tsx";
import { RawEvent } from "./raw-event.tsx";
import { RawFilterBar } from "./raw-filter-bar.tsx";
import { type RawFilter, type RawRow, rawRows, rowOf, typesOf, wantedSeq } from "./raw-rows.ts";
import { useOneEvent } from "./use-one-event.ts";

/** Distance from the top, in rows, at which older events are loaded. */
const READ_AHEAD = 40;

/** The log, event by event; scrolling up loads more of it. */
export function RawEvents({ goTo }: { goTo: (seq: number) => void }) {
  const session = useCurrentSession();
  const events = useSessionState((state) => state.view.events);
  const lastSeq = useSessionState((state) => state.view.lastSeq);
  const older = useSessionState((state) => state.older);
  const [filter, setFilter] = useState<RawFilter>({ text: "", type: null });
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set());
  const frame = useRef<HTMLDivElement>(null);
  const wanted = useDeferredValue(filter);
  const text = wanted.text.trim();
  const seq = wantedSeq(text);
  const found = useSessionHits(text);
  const known = useMemo(
    () => (seq === null ? null : events.find((event) => event.seq === seq)),
    [events, seq],
  );
  const { event: other } = useOneEvent(seq, known ?? null);
  const types = useMemo(() => typesOf(events), [events]);
  const isAll = text === "" && wanted.type === null;
  const rows = useMemo(
    () => (isAll ? null : rawRows(events, wanted, found.hits, other)),
    [isAll, events, wanted, found.hits, other],
  );
  const count = rows?.length ?? events.length;
  const rowAt = (index: number): RawRow | undefined => {
    const event = events[index];
    return rows === null ? event && rowOf(event) : rows[index];
  };
  const virtualizer = useVirtualizer({
    count,
    getScrollElement: () => frame.current,
    getItemKey: (index) => rowAt(index)?.seq ?? index,
    estimateSize: () => 28,
    anchorTo: "end",
    followOnAppend: true,
    overscan: 12,
  });
  useLayoutEffect(() => virtualizer.scrollToEnd(), [virtualizer]);
  const shown = virtualizer.getVirtualItems();
  const isNearTop = shown[0] !== undefined && shown[0].index < READ_AHEAD;
  useLayoutEffect(() => {
    // A filter that fits little would load everything: there, it is a button.
    if (isAll && isNearTop && older === "some") void session.readOlder();
  }, [isAll, isNearTop, older, session]);
  const toggle = (which: number): void => {
    const next = new Set(open);
    if (!next.delete(which)) next.add(which);
    setOpen(next);
  };
  const loaded =
    older === "none"
      ? plural(events.length, "event")
      : `${grouped(events.length)} of ${grouped(lastSeq)} loaded`;
  const state = isAll
    ? loaded
    : found.isLoading
      ? "Searching…"
      : `${plural(count, "event")}${found.hasMore ? ", more to load" : ""}`;
  return (
    <div className="flex h-full flex-col">
      <RawFilterBar filter={filter} types={types} change={setFilter} state={state} />
      {older !== "none" && (older === "failed" || (wanted.type !== null && text === "")) && (
        <p className="flex shrink-0 items-center gap-2 border-b border-line px-4 py-1 text-xs text-muted">
          <span className="grow">{older === "failed" ? "Couldn't load earlier events." : loaded}</span>
          <Button size="small" disabled={older === "loading"} onClick={() => void session.readOlder()}>
            {older === "failed" ? "Retry" : "Load earlier events"}
          </Button>
        </p>
      )}
      {found.error !== null && (
        <p
          role="alert"
          className="flex shrink-0 items-center gap-2 border-b border-line px-4 py-1 text-xs text-muted"
        >
          <span className="grow">Couldn't search the session. {found.error.message}</span>
          <Button size="small" onClick={found.retry}>
            Retry
          </Button>
        </p>
      )}
      {found.hasMore && (
        <p className="shrink-0 border-b border-line px-3 py-1">
          <Button size="small" look="quiet" onClick={found.loadMore}>
            Show earlier matches
          </Button>
        </p>
      )}
      <section
        ref={frame}
        tabIndex={0}
        aria-label="Events"
        className="min-h-0 grow overflow-y-auto [overflow-anchor:none]"
      >
        {count === 0 && !found.isLoading && found.error === null && (
          <p className="p-4 text-sm text-muted">{isAll ? "No events yet." : "No events match."}</p>
        )}
        <div className="relative" style={{ height: virtualizer.getTotalSize() }}>
          {shown.map(({ index, key, start }) => {
            const row = rowAt(index);
            if (row === undefined) return null;
            return (
              <div
                key={key}
                ref={virtualizer.measureElement}
                data-index={index}
                className="absolute inset-x-0 top-0"
                style={{ transform: `translateY(${start}px)` }}
              >
                <RawEvent row={row} isOpen={open.has(row.seq)} toggle={toggle} goTo={goTo} />
              </div>
            );
          })}
        </div>
      </section>
    </div>
  );
}
