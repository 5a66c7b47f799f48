import { useMutation } from "@tanstack/react-query";
import type { RefusalRow } from "@trunkline/contract/session-view";
import { ShieldCheck, ShieldX } from "lucide-react";
import { useTRPC } from "../api/trpc.ts";
import { useMayAnswer } from "../approvals/use-may-answer.ts";
import { isConnectionError } from "../network/network.ts";
import { useIsReadOnly } from "../session-stream/read-only.ts";
import { useCurrentSession } from "../session-stream/use-open-session.ts";
import { revealHidden } from "../text/reveal-hidden.ts";
import { Button } from "../ui/button.tsx";
import { showToast } from "../ui/toasts.ts";
import { refusalWords } from "./files-words.ts";

/** Without a port, a rule is for 80 and 443. */
const ruleOf = ({ host, port }: RefusalRow): string =>
  port === 80 || port === 443 ? host : `${host}:${port}`;

/** A host that commands were not let through to. Allowing it takes a press of its button, like an approval. */
export function RefusalLine({ row }: { row: RefusalRow }) {
  const trpc = useTRPC();
  const { sessionId } = useCurrentSession();
  const { isSettled, isMeant } = useMayAnswer(row.key);
  const isReadOnly = useIsReadOnly();
  const allow = useMutation(
    trpc.session.allowHost.mutationOptions({
      onError: (error) =>
        showToast(`Couldn't allow ${row.host}`, {
          detail: isConnectionError(error) ? "You're offline." : error.message,
          level: "error",
        }),
    }),
  );
  const host = revealHidden(row.host);
  const isAllowed = row.allowedBy !== null;
  const Icon = isAllowed ? ShieldCheck : ShieldX;
  return (
    <div className="my-1 flex flex-wrap items-center gap-x-2.5 gap-y-1 rounded-lg border border-line px-3 py-2 text-sm">
      <Icon
        aria-hidden
        className={`size-4 shrink-0 ${isAllowed ? "text-done" : "text-waits"}`}
        strokeWidth={1.75}
      />
      <p className="min-w-40 grow basis-0 [overflow-wrap:anywhere]">
        Host{" "}
        <code translate="no" className="font-mono text-code">
          {host}
          {row.port === 443 || row.port === 80 ? "" : `:${row.port}`}
        </code>{" "}
        {isAllowed ? (
          <span className="text-muted">was refused, then allowed for this session by {row.allowedBy}</span>
        ) : (
          <>
            was refused. <span className="text-muted">{refusalWords(row.reason)}</span>
          </>
        )}
      </p>
      {!isReadOnly && !isAllowed && row.reason === "not-allowed" && (
        <Button
          size="small"
          disabled={!isSettled || allow.isPending}
          aria-label={`Allow for this session: ${row.host}`}
          onClick={(event) => {
            if (isMeant(event)) allow.mutate({ sessionId, host: ruleOf(row) });
          }}
        >
          Allow for this session
        </Button>
      )}
    </div>
  );
}
