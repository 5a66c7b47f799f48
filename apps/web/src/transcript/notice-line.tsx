import type { NoticeRow } from "@trunkline/contract/session-view";
import { clsx } from "clsx";
import { CircleAlert, Info, TriangleAlert } from "lucide-react";

const LOOKS = {
  info: { icon: Info, color: "text-muted" },
  warning: { icon: TriangleAlert, color: "text-waits" },
  error: { icon: CircleAlert, color: "text-failed" },
} as const;

/** A notice from the server about the run. */
export function NoticeLine({ row }: { row: NoticeRow }) {
  const { icon: Icon, color } = LOOKS[row.level];
  return (
    <div className="flex items-start gap-2 py-1.5 text-sm">
      <Icon aria-hidden className={clsx("mt-0.5 size-4 shrink-0", color)} strokeWidth={1.75} />
      <p className="min-w-0 break-words text-muted">
        <span className="sr-only">{row.level}: </span>
        {row.message}
      </p>
    </div>
  );
}
