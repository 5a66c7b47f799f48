import type { AttemptRow } from "@trunkline/contract/session-view";
import { timeOfDay } from "../text/time.ts";
import { reasonWords } from "./reason-words.ts";

/** A separator: the run stopped or resumed here. */
export function AttemptLine({ row }: { row: AttemptRow }) {
  const text =
    row.state === "interrupted"
      ? [reasonWords(row.reason), "task interrupted"].filter(Boolean).join(" — ").replace(/^t/, "T")
      : `Resumed (attempt ${row.attempt})`;
  return (
    <div className="flex items-center gap-3 py-2 text-xs text-muted">
      <span className="h-px grow bg-line" />
      <span>
        {text} · {timeOfDay(row.at)}
      </span>
      <span className="h-px grow bg-line" />
    </div>
  );
}
