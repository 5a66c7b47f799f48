import { useVirtualizer } from "@tanstack/react-virtual";
import { foldForSearch } from "@trunkline/contract";
import { useDeferredValue, useLayoutEffect, useMemo, useRef, useState } from "react";
import { useSessionState } from "../session-stream/use-open-session.ts";
import { plural } from "../text/quantity.ts";
import { RawEvent } from "./raw-event.tsx";

/** The loaded log, event by event. */
export function RawEvents({ goTo }: { goTo: (seq: number) => void }) {
  const events = useSessionState((state) => state.view.events);
  const lastSeq = useSessionState((state) => state.view.lastSeq);
  const hasOlder = useSessionState((state) => state.older !== "none");
  const [filter, setFilter] = useState("");
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set());
  const frame = useRef<HTMLDivElement>(null);
  const wanted = foldForSearch(useDeferredValue(filter.trim()));
  const shown = useMemo(
    () => (wanted === "" ? events : events.filter((event) => `${event.seq} ${event.type}`.includes(wanted))),
    [events, wanted],
  );
  const virtualizer = useVirtualizer({
    count: shown.length,
    getScrollElement: () => frame.current,
    getItemKey: (index) => shown[index]?.seq ?? index,
    estimateSize: () => 28,
    anchorTo: "end",
    followOnAppend: true,
    overscan: 12,
  });
  useLayoutEffect(() => virtualizer.scrollToEnd(), [virtualizer]);
  const toggle = (seq: number): void => {
    const next = new Set(open);
    if (!next.delete(seq)) next.add(seq);
    setOpen(next);
  };
  return (
    <div className="flex h-full flex-col">
      <div className="flex shrink-0 items-center gap-2 border-b border-line px-3 py-1.5">
        <input
          type="search"
          value={filter}
          aria-label="Filter events"
          placeholder="Filter events"
          onChange={(event) => setFilter(event.target.value)}
          className="h-7 min-w-0 grow rounded-md bg-transparent px-1 text-sm outline-none placeholder:text-faint max-md:text-[16px]"
        />
        <span className="shrink-0 text-xs text-faint">
          {wanted === "" ? "" : `${shown.length.toLocaleString("en")} of `}
          {plural(events.length, "event")}
          {hasOlder && ` of ${lastSeq.toLocaleString("en")} loaded`}
        </span>
      </div>
      <section ref={frame} tabIndex={0} aria-label="Events" className="min-h-0 grow overflow-y-auto">
        <div className="relative" style={{ height: virtualizer.getTotalSize() }}>
          {virtualizer.getVirtualItems().map(({ index, key, start }) => {
            const event = shown[index];
            if (event === undefined) return null;
            return (
              <div
                key={key}
                ref={virtualizer.measureElement}
                data-index={index}
                className="absolute inset-x-0 top-0"
                style={{ transform: `translateY(${start}px)` }}
              >
                <RawEvent event={event} isOpen={open.has(event.seq)} toggle={toggle} goTo={goTo} />
              </div>
            );
          })}
        </div>
      </section>
    </div>
  );
}
