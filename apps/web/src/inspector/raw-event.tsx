import type { SearchHit } from "@trunkline/contract";
import { ArrowLeftToLine } from "lucide-react";
import { memo } from "react";
import { Snippet } from "../palette/snippet.tsx";
import { exactTime } from "../text/time.ts";
import { EventLink } from "../transcript/event-link.tsx";
import { Button } from "../ui/button.tsx";
import { CopyButton } from "../ui/copy-button.tsx";
import { IconButton } from "../ui/icon-button.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import type { RawRow } from "./raw-rows.ts";
import { useOneEvent } from "./use-one-event.ts";

/** Shown of an event, in UTF-16 units; copying it takes all. */
const MAX_SHOWN = 100_000;

interface RawEventProps {
  row: RawRow;
  isOpen: boolean;
  toggle: (seq: number) => void;
  goTo: (seq: number) => void;
}

/** One event as a line, expandable to its full data. */
export const RawEvent = memo(function RawEvent({ row, isOpen, toggle, goTo }: RawEventProps) {
  const { seq, type, at, hit } = row;
  return (
    <div>
      <button
        type="button"
        aria-expanded={isOpen}
        onClick={() => toggle(seq)}
        className="flex h-7 w-full items-center gap-3 px-4 text-left font-mono text-xs transition-colors hover:bg-hover"
      >
        <span className="w-10 shrink-0 text-right text-faint">{seq}</span>
        <span className={hit === null ? "min-w-0 grow truncate" : "shrink-0"}>{type}</span>
        {hit !== null && (
          <span dir="auto" className="min-w-0 grow truncate font-sans text-muted">
            <Snippet hit={fromMatch(hit)} />
          </span>
        )}
        <span className="shrink-0 text-faint">{exactTime(at)}</span>
      </button>
      {isOpen && <Details row={row} goTo={goTo} />}
    </div>
  );
});

/** Characters before the first match: the line has little room. */
const LEAD = 8;

function fromMatch(hit: SearchHit): SearchHit {
  const cut = (hit.matches[0]?.[0] ?? 0) - LEAD;
  if (cut <= 0) return hit;
  const matches = hit.matches.map(([start, end]): [number, number] => [start - cut + 1, end - cut + 1]);
  return { ...hit, snippet: `…${hit.snippet.slice(cut)}`, matches };
}

function Details({ row: { seq, event: known }, goTo }: { row: RawRow; goTo: (seq: number) => void }) {
  const { event, isMissing, error, retry } = useOneEvent(seq, known);
  if (event === null) {
    return (
      <div className="mx-3 mb-2 px-3 py-2 text-xs text-muted">
        {isMissing && "This event is gone: the whole text replaced its pieces."}
        {error !== null && (
          <span role="alert" className="flex items-center gap-3">
            Couldn't load the event. {error.message}
            <Button size="small" onClick={() => void retry()}>
              Retry
            </Button>
          </span>
        )}
        {!isMissing && error === null && <Skeleton className="h-6" />}
      </div>
    );
  }
  const json = JSON.stringify(event, null, 2);
  return (
    <div className="relative mx-3 mb-2 rounded-lg border border-line bg-surface">
      <div className="absolute top-1 right-1 flex rounded-md bg-surface">
        <IconButton small icon={ArrowLeftToLine} label="Jump to event" onClick={() => goTo(seq)} />
        <EventLink seq={seq} />
        <CopyButton text={json} label="Copy event" />
      </div>
      <pre
        tabIndex={0}
        aria-label="Event"
        className="max-h-80 overflow-auto px-3 py-2 font-mono text-[11.5px] leading-4 break-all whitespace-pre-wrap"
      >
        {json.slice(0, MAX_SHOWN)}
        {json.length > MAX_SHOWN && "…"}
      </pre>
    </div>
  );
}
