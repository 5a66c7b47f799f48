import { Check, ChevronRight, CircleAlert, X } from "lucide-react";
import { HighlightedCode } from "../markdown/code-block.tsx";
import { moment } from "../text/time.ts";
import { Button } from "../ui/button.tsx";
import { Keys } from "../ui/keys.tsx";
import { useNow } from "../ui/use-now.ts";
import type { OpenApproval } from "./open-approvals.ts";
import { requestWords, timeLeft } from "./request-words.ts";

interface ApprovalCardProps {
  approval: OpenApproval;
  /** Which of how many this one is. */
  place: number;
  count: number;
  next: () => void;
  note: string;
  setNote: (note: string) => void;
  canDecide: boolean;
  decide: (decision: "allow" | "always" | "deny") => void;
}

/** One request: what would be done, why it is asked, until when, and the answers. */
export function ApprovalCard(props: ApprovalCardProps) {
  const { approval, place, count, next, note, setNote, canDecide, decide } = props;
  const { question, detail, language, isQuestion } = requestWords(approval);
  return (
    <>
      <div className="flex items-center gap-2 px-3.5 pt-2.5 text-sm">
        <CircleAlert aria-hidden className="size-4 shrink-0 text-waits" strokeWidth={2} />
        <h2 className="min-w-0 truncate font-medium">{question}</h2>
        <span className="grow" />
        {count > 1 && (
          <Button size="small" look="quiet" onClick={next}>
            {place} of {count} <ChevronRight aria-hidden className="size-3" />
          </Button>
        )}
      </div>
      {isQuestion ? (
        <p className="max-h-48 overflow-y-auto px-3.5 pt-1 break-words whitespace-pre-wrap">{detail}</p>
      ) : (
        <pre
          tabIndex={0}
          aria-label="What would be done"
          className="mx-3.5 mt-2 max-h-40 overflow-auto rounded-md border border-line bg-background px-2.5 py-1.5 font-mono text-code break-words whitespace-pre-wrap"
        >
          <HighlightedCode code={detail} language={language} />
        </pre>
      )}
      <p className="px-3.5 pt-1.5 text-xs text-muted">
        {!isQuestion && `${approval.reason}. `}
        <Expiry expiresAt={approval.expiresAt} />
      </p>
      <div className="flex flex-wrap items-center gap-2 px-3.5 pt-2 pb-2.5">
        <input
          value={note}
          maxLength={2_000}
          autoComplete="off"
          aria-label={isQuestion ? "Your words" : "Note to the model"}
          placeholder={isQuestion ? "Your words" : "Note to the model, if you like"}
          onChange={(event) => setNote(event.target.value)}
          className="h-7.5 min-w-44 grow rounded-md border border-line-strong bg-background px-2.5 text-sm outline-none placeholder:text-faint focus:border-accent max-md:w-full max-md:text-[16px]"
        />
        <Button disabled={!canDecide} onClick={() => decide("deny")}>
          <X aria-hidden className="size-3.5" /> {isQuestion ? "No" : "Deny"} <Shortcut keys="N" />
        </Button>
        {approval.always !== null && (
          <Button
            disabled={!canDecide}
            data-hint={`For the rest of this session: ${approval.always}`}
            onClick={() => decide("always")}
          >
            Always <Shortcut keys="⇧ Y" />
          </Button>
        )}
        <Button look="primary" disabled={!canDecide} onClick={() => decide("allow")}>
          <Check aria-hidden className="size-3.5" /> {isQuestion ? "Yes" : "Allow"}{" "}
          <Shortcut keys="Y" inverted />
        </Button>
      </div>
    </>
  );
}

function Expiry({ expiresAt }: { expiresAt: number }) {
  const now = useNow();
  if (now === 0) return null;
  return (
    <time dateTime={new Date(expiresAt).toISOString()} title={moment(expiresAt)}>
      Counts as a no {timeLeft(expiresAt, now)}.
    </time>
  );
}

/** Where there is a keyboard. */
function Shortcut(props: { keys: string; inverted?: boolean }) {
  return (
    <span className="pointer-coarse:hidden">
      <Keys {...props} />
    </span>
  );
}
