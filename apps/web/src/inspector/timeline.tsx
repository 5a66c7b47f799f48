import { useVirtualizer } from "@tanstack/react-virtual";
import { useMemo, useRef } from "react";
import { useSessionState } from "../session-stream/use-open-session.ts";
import { useNow } from "../ui/use-now.ts";
import { type Span, type TaskSpans, taskSpans } from "./spans.ts";
import { SpanLine, TaskLine } from "./timeline-lines.tsx";
import { type TimeScale, timeScale } from "./time-scale.ts";

type Line = { kind: "task"; task: TaskSpans } | { kind: "span"; span: Span; scale: TimeScale };

const HEIGHTS = { task: 40, span: 28 };

/** Start and duration of each span, by task. */
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
  if (lines.length === 0) return <p className="p-4 text-sm text-muted">No events yet.</p>;
  return (
    <section ref={frame} tabIndex={0} aria-label="Timeline" className="h-full overflow-y-auto">
      <div className="relative" style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map(({ index, key, start }) => {
          const line = lines[index];
          if (line === undefined) return null;
          return (
            <div
              key={key}
              className="absolute inset-x-0 top-0"
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
