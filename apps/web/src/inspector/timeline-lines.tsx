import { clsx } from "clsx";
import { duration } from "../text/duration.ts";
import { moment } from "../text/time.ts";
import type { Span, TaskSpans } from "./spans.ts";
import type { TimeScale } from "./time-scale.ts";

interface LineProps {
  /** End of running spans, in ms since the epoch. */
  now: number;
  goTo: (seq: number) => void;
}

export function TaskLine({ task, now, goTo }: LineProps & { task: TaskSpans }) {
  const title = task.title === "" ? "Earlier task (partly loaded)" : task.title;
  return (
    <button
      type="button"
      onClick={() => goTo(task.seq)}
      title={moment(task.startAt)}
      className="flex h-10 w-full items-end gap-3 px-4 pb-1.5 text-left text-sm"
    >
      <span className="min-w-0 grow truncate font-medium">{title}</span>
      <span className="shrink-0 text-xs text-faint">{lasted(task, now)}</span>
    </button>
  );
}

const BARS: Readonly<Record<Span["kind"], string>> = {
  queued: "bg-line-strong",
  step: "bg-runs/70",
  tool: "bg-done/75",
  approval: "bg-waits/75",
};

export function SpanLine({ span, scale, now, goTo }: LineProps & { span: Span; scale: TimeScale }) {
  const left = scale(span.startAt);
  const right = scale(span.endAt ?? Math.max(now, span.startAt));
  return (
    <button
      type="button"
      onClick={() => goTo(span.seq)}
      className="flex h-7 w-full items-center gap-3 px-4 text-left text-xs transition-colors hover:bg-hover"
    >
      <span className={clsx("w-36 shrink-0 truncate text-muted", span.kind === "tool" && "font-mono")}>
        {span.label}
      </span>
      <span aria-hidden className="relative h-2 min-w-0 grow">
        <span
          className={clsx(
            "absolute inset-y-0 min-w-0.5 rounded-[2px]",
            span.state === "failed" ? "bg-failed/80" : BARS[span.kind],
            span.state === "running" && "motion-safe:animate-pulse-soft",
          )}
          style={{ left: `${left * 100}%`, width: `${Math.max(0, right - left) * 100}%` }}
        />
      </span>
      <span className="w-15 shrink-0 text-right text-faint">{lasted(span, now)}</span>
    </button>
  );
}

function lasted({ startAt, endAt }: { startAt: number; endAt: number | null }, now: number): string {
  return duration(Math.max(0, (endAt ?? Math.max(now, startAt)) - startAt));
}
