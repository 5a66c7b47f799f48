import { ChevronDown, ChevronUp, X } from "lucide-react";
import { type RefObject, useDeferredValue, useEffect, useRef, useState } from "react";
import { useStore } from "zustand";
import { useIme } from "../composer/ime.ts";
import { isConnectionError } from "../network/network.ts";
import type { TranscriptHandle } from "../transcript/transcript.tsx";
import { IconButton } from "../ui/icon-button.tsx";
import { useWhenReady } from "../ui/use-when-ready.ts";
import { closeFind, find } from "./find-state.ts";
import { useMarks } from "./use-marks.ts";
import { type SessionHits, useSessionHits } from "./use-session-hits.ts";

/** Search over all events of the session; the browser's own knows only those that are rendered. */
export function FindBar({ transcript }: { transcript: RefObject<TranscriptHandle | null> }) {
  const [text, setText] = useState("");
  const wanted = useDeferredValue(text.trim());
  const found = useSessionHits(wanted);
  const { hits } = found;
  /** The hit that was jumped to. */
  const [seq, setSeq] = useState<number | null>(null);
  const [isReading, setIsReading] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const ime = useIme();
  const calls = useStore(find, (state) => state.calls);
  useEffect(() => {
    field.current?.focus();
    field.current?.select();
  }, [calls]);
  useMarks(wanted, seq, transcript);
  const place = hits.findIndex((hit) => hit.seq === seq);

  const goTo = async (next: number): Promise<void> => {
    const hit = hits[(next + hits.length) % hits.length];
    if (hit === undefined) return;
    setSeq(hit.seq);
    setIsReading(true);
    await transcript.current?.reveal(hit.seq);
    setIsReading(false);
    // Before they are needed.
    if (next >= hits.length - 2) found.loadMore();
  };
  /** From the newest hit to older ones: the transcript is open at its end. */
  const step = (by: 1 | -1): void => void goTo(place === -1 ? 0 : place + by);
  // Enter right after a letter is about what that letter finds.
  const isReady = wanted === text.trim() && found.isCurrent && !found.isLoading;
  const goToFirst = useWhenReady(text.trim(), isReady, () => void goTo(0));

  return (
    <search
      data-repeats
      className="absolute top-2 right-4 z-20 flex h-10 w-100 max-w-[calc(100%-16px)] items-center gap-0.5 rounded-lg border border-line bg-background pr-1.5 pl-3 shadow-float max-md:inset-x-2 max-md:w-auto"
    >
      <input
        ref={field}
        type="text"
        value={text}
        aria-label="Search this session"
        placeholder="Search this session"
        autoComplete="off"
        spellCheck={false}
        enterKeyHint="search"
        maxLength={500}
        onChange={(event) => {
          setText(event.target.value);
          setSeq(null);
        }}
        onCompositionEnd={ime.onCompositionEnd}
        onKeyDown={(event) => {
          if (ime.owns(event)) return;
          if (event.key === "Enter" && place === -1) goToFirst();
          else if (event.key === "Enter") step(event.shiftKey ? -1 : 1);
          else if (event.key === "Escape") closeFind();
          else return;
          event.preventDefault();
        }}
        className="h-full min-w-0 grow bg-transparent text-sm outline-none placeholder:text-faint max-md:text-[16px]"
      />
      <output className="shrink-0 px-1 text-xs text-muted tabular-nums">
        {isReading ? "Loading earlier events…" : stateOf(found, place, wanted)}
      </output>
      <IconButton
        small
        icon={ChevronUp}
        label="Earlier match"
        keys="↵"
        disabled={hits.length === 0}
        onClick={() => step(1)}
      />
      <IconButton
        small
        icon={ChevronDown}
        label="Later match"
        keys="⇧ ↵"
        disabled={hits.length === 0}
        onClick={() => step(-1)}
      />
      <IconButton small icon={X} label="Close search" keys="Esc" onClick={closeFind} />
    </search>
  );
}

function stateOf({ hits, hasMore, isLoading, error }: SessionHits, place: number, wanted: string): string {
  if (wanted === "") return "";
  if (error !== null) return isConnectionError(error) ? "You're offline" : error.message;
  if (isLoading) return "Searching…";
  if (hits.length === 0) return "No results";
  const count = `${hits.length}${hasMore ? "+" : ""}`;
  return place === -1 ? count : `${place + 1} of ${count}`;
}
