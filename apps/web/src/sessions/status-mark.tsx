import { clsx } from "clsx";
import {
  CircleAlert,
  CircleCheck,
  CircleDashed,
  CircleDotDashed,
  CircleSlash,
  CircleX,
  LoaderCircle,
  type LucideIcon,
} from "lucide-react";
import type { Status } from "./status.ts";

const MARKS: Readonly<Record<Status, { icon: LucideIcon; word: string; color: string; turns?: boolean }>> = {
  "needs-you": { icon: CircleAlert, word: "Needs you", color: "text-waits" },
  running: { icon: LoaderCircle, word: "Running", color: "text-runs", turns: true },
  queued: { icon: CircleDotDashed, word: "Queued", color: "text-canceled" },
  done: { icon: CircleCheck, word: "Done", color: "text-done" },
  failed: { icon: CircleX, word: "Failed", color: "text-failed" },
  canceled: { icon: CircleSlash, word: "Canceled", color: "text-canceled" },
  new: { icon: CircleDashed, word: "New", color: "text-canceled" },
};

/** Colour, icon and word; in narrow places the word is for screen readers only. */
export function StatusMark({ status, iconOnly = false }: { status: Status; iconOnly?: boolean }) {
  const { icon: Icon, word, color, turns } = MARKS[status];
  return (
    <span translate="no" className={clsx("inline-flex shrink-0 items-center gap-1.5 text-sm", color)}>
      <Icon
        aria-hidden
        className={clsx("size-3.5", turns === true && "motion-safe:animate-spin")}
        strokeWidth={2.25}
      />
      <span className={iconOnly ? "sr-only" : undefined}>{word}</span>
    </span>
  );
}
