import type { ToolRow } from "@trunkline/contract/session-view";
import { clsx } from "clsx";
import { Ban, CircleSlash, CircleX, LoaderCircle, type LucideIcon, OctagonPause } from "lucide-react";
import { clock, duration } from "../text/duration.ts";
import { useNow } from "../ui/use-now.ts";
import { ExpandableLine, LineChevron } from "./expandable-line.tsx";
import { useExpanded } from "./expansion.ts";
import { ToolDetails } from "./tool-details.tsx";
import { callKind, toolWords } from "./tool-words.ts";

/** States that get a mark; success is the expected one and has none. */
const MARKS: Readonly<Record<ToolRow["state"], { icon: LucideIcon; word: string; color: string } | null>> = {
  running: { icon: LoaderCircle, word: "Running", color: "text-runs" },
  succeeded: null,
  failed: { icon: CircleX, word: "Failed", color: "text-failed" },
  denied: { icon: Ban, word: "Denied", color: "text-failed" },
  interrupted: { icon: OctagonPause, word: "Interrupted", color: "text-waits" },
  canceled: { icon: CircleSlash, word: "Canceled", color: "text-canceled" },
};

/**
 * A tool call as one line: action, target, outcome, duration; expandable to input and output.
 *
 * @param opensByItself whether it is expanded until the user collapses it.
 */
export function ToolCallLine({ row, opensByItself }: { row: ToolRow; opensByItself: boolean }) {
  const hasFailed = row.state === "failed" || row.state === "denied";
  const { isOpen, toggle } = useExpanded(row.key, opensByItself || hasFailed);
  const { icon: Icon, verb, target } = toolWords(row);
  const mark = MARKS[row.state];
  return (
    <div className="py-0.5">
      <ExpandableLine isOpen={isOpen} toggle={toggle} translate="no">
        <Icon aria-hidden className="size-4 shrink-0 text-muted" strokeWidth={1.75} />
        <span className={target === "" || callKind(row) !== "execute" ? "shrink-0 text-muted" : "sr-only"}>
          {verb}
        </span>
        <span className="min-w-0 truncate font-mono text-code">{target}</span>
        <span className="grow" />
        <LineChevron isOpen={isOpen} />
        {row.exitCode !== null && row.exitCode !== 0 && (
          <span className="shrink-0 text-xs text-failed">exit {row.exitCode}</span>
        )}
        {mark !== null && (
          <span className={clsx("flex shrink-0 items-center gap-1.5 text-xs", mark.color)}>
            <mark.icon
              aria-hidden
              className={clsx("size-3.5", row.state === "running" && "motion-safe:animate-spin")}
              strokeWidth={2.25}
            />
            {mark.word}
          </span>
        )}
        <span className="min-w-10 shrink-0 text-right text-xs text-faint">
          {row.durationMs === null ? <RunningFor since={row.at} /> : duration(row.durationMs)}
        </span>
      </ExpandableLine>
      {isOpen && <ToolDetails row={row} />}
    </div>
  );
}

function RunningFor({ since }: { since: number }) {
  const now = useNow();
  return now === 0 ? null : clock(now - since);
}
