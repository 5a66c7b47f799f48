import type { NoticeRow } from "@trunkline/contract/session-view";
import { clsx } from "clsx";
import { clock } from "../text/duration.ts";
import { useNow } from "../ui/use-now.ts";
import { CircleAlert, Info, type LucideIcon, TriangleAlert } from "lucide-react";

const PLAIN = { icon: Info, color: "text-muted" };
const LOOKS: Readonly<Record<string, { icon: LucideIcon; color: string }>> = {
  info: PLAIN,
  warning: { icon: TriangleAlert, color: "text-waits" },
  error: { icon: CircleAlert, color: "text-failed" },
} satisfies Record<NoticeRow["level"], unknown>;

/** A notice from the server about the run. */
export function NoticeLine({ row }: { row: NoticeRow }) {
  const { icon: Icon, color } = LOOKS[row.level] ?? PLAIN;
  return (
    <div className="flex items-start gap-2 py-1.5 text-sm">
      <Icon aria-hidden className={clsx("mt-0.5 size-4 shrink-0", color)} strokeWidth={1.75} />
      <p className="min-w-0 break-words text-muted">
        <span className="sr-only">{row.level}: </span>
        {row.retry === undefined ? row.message : <Retry retry={row.retry} at={row.at} />}
      </p>
    </div>
  );
}

/** `Provider error 500 · attempt 3 of 5 · retrying in 0:23` */
function Retry({ retry, at }: { retry: NonNullable<NoticeRow["retry"]>; at: number }) {
  const now = useNow();
  const left = at + retry.delayMs - now;
  return (
    <span translate="no">
      {retry.cause} · attempt {retry.attempt} of {retry.of}
      {now !== 0 && left > 0 && ` · retrying in ${clock(left + 999)}`}
    </span>
  );
}
