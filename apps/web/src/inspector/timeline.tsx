import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useRef } from "react";
import { useStore } from "zustand";
import { useSessionState } from "../session-stream/use-open-session.ts";
import { pointAt, transcriptView } from "../transcript/transcript-view.ts";
import { useNow } from "../ui/use-now.ts";
import { type Span, type TaskSpans, taskSpans } from "./spans.ts";
import { lineInView } from "./line-in-view.ts";
import { SpanLine, TaskLine } from "./timeline-lines.tsx";
import { type TimeScale, timeScale } from "./time-scale.ts";

type Line = { kind: "task"; task: TaskSpans } | { kind: "span"; span: Span; scale: TimeScale };

const HEIGHTS = { task: 40, span: 28 };

const isBetween = (seq: number, first: number | null, last: number): boolean =>
  first !== null && seq >= first && seq <= last;

const seqOf = (line: Line): number => (line.kind === "task" ? line.task.seq : line.span.seq);

/**
 * Start and duration of each span, by task. It goes with the transcript: what is visible there is marked and kept in view
 * here, what is pointed at here is marked there.
 */
export function Timeline({ goTo }: { goTo: (seq: number) => void }) {
  const events = useSessionState((state) => state.view.events);
  const frame = useRef<HTMLDivElement>(null);
  const tasks = useMemo(() => taskSpans(events), [events]);
  const isRunning = tasks.some((task) => task.endAt === null);
  const now = useNow();
  const until = isRunning ? now : 0;
  const lines = useMemo(() => linesOf(tasks, until), [tasks, until]);
  const virtualizer = useVirtualizer({
    count: lines.length,
    getScrollElement: () => frame.current,
    estimateSize: (index) => HEIGHTS[lines[index]?.kind ?? "span"],
    overscan: 10,
    paddingEnd: 16,
  });
  const first = useStore(transcriptView, (state) => state.first);
  const last = useStore(transcriptView, (state) => state.last);
  const from = useMemo(() => lineInView(lines.map(seqOf), first, last), [lines, first, last]);
  const isPointedIn = useRef(false);
  useEffect(() => {
    // Somebody who looks around here is not led away.
    if (!isPointedIn.current && from !== -1) virtualizer.scrollToIndex(from, { align: "auto" });
  }, [from, virtualizer]);
  useEffect(() => () => pointAt(null), []);
  if (lines.length === 0) return <p className="p-4 text-sm text-muted">No events yet.</p>;
  return (
    <section
      ref={frame}
      tabIndex={0}
      aria-label="Timeline"
      onPointerEnter={() => {
        isPointedIn.current = true;
      }}
      onPointerLeave={() => {
        isPointedIn.current = false;
      }}
      className="h-full overflow-y-auto"
    >
      <div className="relative" style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map(({ index, key, start }) => {
          const line = lines[index];
          if (line === undefined) return null;
          return (
            <div
              key={key}
              data-in-view={index === from || isBetween(seqOf(line), first, last) || undefined}
              onPointerEnter={() => pointAt(seqOf(line))}
              onPointerLeave={() => pointAt(null)}
              onFocus={() => pointAt(seqOf(line))}
              onBlur={() => pointAt(null)}
              className="absolute inset-x-0 top-0 before:absolute before:inset-y-0 before:left-0 before:w-0.5 data-in-view:before:bg-accent"
              style={{ transform: `translateY(${start}px)` }}
            >
              {line.kind === "task" ? (
                <TaskLine task={line.task} now={until} goTo={goTo} />
              ) : (
                <SpanLine span={line.span} scale={line.scale} now={until} goTo={goTo} />
              )}
            </div>
          );
        })}
      </div>
    </section>
  );
}

function linesOf(tasks: readonly TaskSpans[], now: number): Line[] {
  return tasks.flatMap((task): Line[] => {
    const scale = timeScale(
      task.spans.map(({ startAt, endAt }) => ({ startAt, endAt: endAt ?? Math.max(now, startAt) })),
    );
    return [{ kind: "task", task }, ...task.spans.map((span): Line => ({ kind: "span", span, scale }))];
  });
}
