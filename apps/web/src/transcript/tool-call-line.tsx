import type { ToolRow } from "@trunkline/contract/session-view";
import { duration } from "../text/duration.ts";
import { ExpandableLine, LineChevron } from "./expandable-line.tsx";
import { useExpanded } from "./expansion.ts";
import { RunningFor, StateMark } from "./state-mark.tsx";
import { ToolDetails } from "./tool-details.tsx";
import { callKind, toolWords } from "./tool-words.ts";

/**
 * A tool call as one line: action, target, outcome, duration; expandable to input and output.
 *
 * @param opensByItself whether it is expanded until the user collapses it.
 */
export function ToolCallLine({ row, opensByItself }: { row: ToolRow; opensByItself: boolean }) {
  const hasFailed = row.state === "failed" || row.state === "denied";
  const { isOpen, toggle } = useExpanded(row.key, opensByItself || hasFailed);
  const { icon: Icon, verb, target } = toolWords(row);
  return (
    <div className="py-0.5">
      <ExpandableLine isOpen={isOpen} toggle={toggle} translate="no">
        <Icon aria-hidden className="size-4 shrink-0 text-muted" strokeWidth={1.75} />
        <span
          className={
            target === ""
              ? "min-w-0 truncate text-muted"
              : callKind(row) === "execute"
                ? "sr-only"
                : "max-w-1/2 shrink-0 truncate text-muted"
          }
        >
          {verb}
        </span>
        <span className="min-w-0 truncate font-mono text-code">{target}</span>
        <span className="grow" />
        <LineChevron isOpen={isOpen} />
        {row.exitCode !== null && row.exitCode !== 0 && (
          <span className="shrink-0 text-xs text-failed">exit {row.exitCode}</span>
        )}
        <StateMark state={row.state} />
        <span className="min-w-10 shrink-0 text-right text-xs text-faint">
          {row.durationMs === null ? <RunningFor since={row.at} /> : duration(row.durationMs)}
        </span>
      </ExpandableLine>
      {isOpen && <ToolDetails row={row} />}
    </div>
  );
}
