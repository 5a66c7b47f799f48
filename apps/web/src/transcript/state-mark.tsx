import type { ToolRow } from "@trunkline/contract/session-view";
import { clsx } from "clsx";
import { Ban, CircleSlash, CircleX, LoaderCircle, type LucideIcon, OctagonPause } from "lucide-react";
import { clock } from "../text/duration.ts";
import { useNow } from "../ui/use-now.ts";

/** States that get a mark; success is the expected one and has none. */
const MARKS: Readonly<Record<string, { icon: LucideIcon; word: string; color: string } | null>> = {
  running: { icon: LoaderCircle, word: "Running", color: "text-runs" },
  succeeded: null,
  failed: { icon: CircleX, word: "Failed", color: "text-failed" },
  denied: { icon: Ban, word: "Denied", color: "text-failed" },
  interrupted: { icon: OctagonPause, word: "Interrupted", color: "text-waits" },
  canceled: { icon: CircleSlash, word: "Canceled", color: "text-canceled" },
} satisfies Record<ToolRow["state"], unknown>;

/** State of a call or a setup run, at the end of its line. */
export function StateMark({ state }: { state: ToolRow["state"] }) {
  const mark = MARKS[state] ?? null;
  if (mark === null) return null;
  return (
    <span className={clsx("flex shrink-0 items-center gap-1.5 text-xs", mark.color)}>
      <mark.icon
        aria-hidden
        className={clsx("size-3.5", state === "running" && "motion-safe:animate-spin")}
        strokeWidth={2.25}
      />
      {mark.word}
    </span>
  );
}

export function RunningFor({ since }: { since: number }) {
  const now = useNow();
  return now === 0 ? null : clock(now - since);
}
