import type { SessionEvent } from "@trunkline/contract";
import { ArrowLeftToLine } from "lucide-react";
import { memo } from "react";
import { exactTime } from "../text/time.ts";
import { CopyButton } from "../ui/copy-button.tsx";
import { IconButton } from "../ui/icon-button.tsx";

interface RawEventProps {
  event: SessionEvent;
  isOpen: boolean;
  toggle: (seq: number) => void;
  goTo: (seq: number) => void;
}

/** One event as a line, expandable to its full data. */
export const RawEvent = memo(function RawEvent({ event, isOpen, toggle, goTo }: RawEventProps) {
  return (
    <div>
      <button
        type="button"
        aria-expanded={isOpen}
        onClick={() => toggle(event.seq)}
        className="flex h-7 w-full items-center gap-3 px-4 text-left font-mono text-xs transition-colors hover:bg-hover"
      >
        <span className="w-10 shrink-0 text-right text-faint">{event.seq}</span>
        <span className="min-w-0 grow truncate">{event.type}</span>
        <span className="shrink-0 text-faint">{exactTime(event.at)}</span>
      </button>
      {isOpen && <Details event={event} goTo={goTo} />}
    </div>
  );
});

function Details({ event, goTo }: { event: SessionEvent; goTo: (seq: number) => void }) {
  const json = JSON.stringify(event, null, 2);
  return (
    <div className="relative mx-3 mb-2 rounded-lg border border-line bg-surface">
      <div className="absolute top-1 right-1 flex rounded-md bg-surface">
        <IconButton small icon={ArrowLeftToLine} label="Jump to event" onClick={() => goTo(event.seq)} />
        <CopyButton text={json} label="Copy event" />
      </div>
      <pre
        tabIndex={0}
        aria-label="Event"
        className="max-h-80 overflow-auto px-3 py-2 font-mono text-[11.5px] leading-4 break-all whitespace-pre-wrap"
      >
        {json}
      </pre>
    </div>
  );
}
