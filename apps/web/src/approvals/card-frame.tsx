import { ChevronRight, CircleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { moment } from "../text/time.ts";
import { Button } from "../ui/button.tsx";
import { useNow } from "../ui/use-now.ts";
import type { OpenApproval } from "./open-approvals.ts";
import { requestWords, timeLeft } from "./request-words.ts";

interface CardFrameProps {
  request: OpenApproval;
  /** Position among the open requests. */
  place: number;
  count: number;
  next: () => void;
  children: ReactNode;
}

/** What is asked, why, and until when; the answers are its children. */
export function CardFrame({ request, place, count, next, children }: CardFrameProps) {
  const { title, reason } = requestWords(request);
  return (
    <>
      <div className="flex items-center gap-2 px-3.5 pt-2.5 text-sm">
        <CircleAlert aria-hidden className="size-4 shrink-0 text-waits" strokeWidth={2} />
        <h2 className="min-w-0 truncate font-medium">{title}</h2>
        <span className="grow" />
        {count > 1 && (
          <Button data-repeats size="small" look="quiet" onClick={next}>
            {place} of {count} <ChevronRight aria-hidden className="size-3" />
          </Button>
        )}
      </div>
      <p className="px-3.5 text-xs text-muted">
        {reason}{" "}
        <span translate="no">
          {request.expiresAt !== null && (
            <Expiry expiresAt={request.expiresAt} isQuestion={request.question !== null} />
          )}
        </span>
      </p>
      {children}
    </>
  );
}

function Expiry({ expiresAt, isQuestion }: { expiresAt: number; isQuestion: boolean }) {
  const now = useNow();
  if (now === 0) return null;
  return (
    <time dateTime={new Date(expiresAt).toISOString()} title={moment(expiresAt)}>
      {isQuestion ? "Times out" : "Denied automatically"} {timeLeft(expiresAt, now)}.
    </time>
  );
}
