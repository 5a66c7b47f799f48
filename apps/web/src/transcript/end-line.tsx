import { useMutation } from "@tanstack/react-query";
import { totalTokens } from "@trunkline/contract";
import type { EndRow } from "@trunkline/contract/session-view";
import { RotateCcw } from "lucide-react";
import { useState } from "react";
import { useTRPC } from "../api/trpc.ts";
import { isConnectionError } from "../network/network.ts";
import { useIsReadOnly } from "../session-stream/read-only.ts";
import { StatusMark } from "../sessions/status-mark.tsx";
import { statusOfTask } from "../sessions/status.ts";
import { duration } from "../text/duration.ts";
import { compactCount } from "../text/quantity.ts";
import { randomKey } from "../text/random-key.ts";
import { moment } from "../text/time.ts";
import { lateTitle } from "../ui/late-title.ts";
import { Button } from "../ui/button.tsx";
import { showToast } from "../ui/toasts.ts";
import { reasonWords } from "./reason-words.ts";

/** How a task ended: a quiet line on success, otherwise what to do. */
export function EndLine({ row }: { row: EndRow }) {
  const tokens = totalTokens(row.usage);
  const facts = [
    row.state === "canceled" ? reasonWords(row.reason) : "",
    row.durationMs === null ? "" : duration(row.durationMs),
    tokens === 0 ? "" : `${compactCount(tokens)} tokens`,
  ].filter((fact) => fact !== "");
  if (row.state === "failed" || row.state === "rejected") return <Failure row={row} facts={facts} />;
  if (row.unstarted !== null) return <Withdrawn row={row} prompt={row.unstarted} />;
  return (
    <div
      className="flex min-h-9 items-center gap-2 pt-1 pb-3 text-xs text-faint"
      {...lateTitle(() => whenAndWho(row))}
    >
      <StatusMark status={statusOfTask(row.state)} />
      {facts.map((fact) => (
        <span key={fact}>· {fact}</span>
      ))}
      {row.state === "canceled" && row.taskId !== null && (
        <span className="ml-auto">
          <RetryButton taskId={row.taskId} />
        </span>
      )}
    </div>
  );
}

function whenAndWho({ at, by }: EndRow): string {
  return by === null ? moment(at) : `${moment(at)}, by ${by}`;
}

/** Removed from the queue: it was never part of the conversation. */
function Withdrawn({ row, prompt }: { row: EndRow; prompt: string }) {
  return (
    <div
      className="flex min-h-9 items-center gap-2 py-1 text-xs text-faint"
      {...lateTitle(() => whenAndWho(row))}
    >
      <StatusMark status="canceled" iconOnly />
      <span className="shrink-0">Removed from queue:</span>
      <span dir="auto" className="min-w-0 grow truncate">
        {prompt}
      </span>
      {row.taskId !== null && <RetryButton taskId={row.taskId} />}
    </div>
  );
}

function Failure({ row, facts }: { row: EndRow; facts: string[] }) {
  return (
    <div className="mt-1 mb-3 rounded-lg border border-failed/35 bg-failed-soft px-3.5 py-2.5">
      <div className="flex items-center gap-2">
        <StatusMark status="failed" />
        <span className="grow text-xs text-muted">{facts.map((fact) => `· ${fact}`).join(" ")}</span>
        {row.taskId !== null && <RetryButton taskId={row.taskId} />}
      </div>
      <p className="mt-1 break-words whitespace-pre-wrap">{row.error?.message ?? reasonWords(row.reason)}</p>
      {row.error !== null && (
        <p className="mt-1 text-xs text-muted">
          <code className="font-mono">{row.error.code}</code>
          {row.error.retryable ? " · Retry may work" : " · Retrying won't help until this is fixed"}
        </p>
      )}
    </div>
  );
}

function RetryButton({ taskId }: { taskId: string }) {
  return useIsReadOnly() ? null : <Retry taskId={taskId} />;
}

function Retry({ taskId }: { taskId: string }) {
  const trpc = useTRPC();
  // Kept until an answer comes: where one is lost, the next click gets the task that it was about.
  const [idempotencyKey, setKey] = useState(randomKey);
  const retry = useMutation(
    trpc.task.retry.mutationOptions({
      onSuccess: () => setKey(randomKey()),
      onError: (error) =>
        showToast("Couldn't retry", {
          detail: isConnectionError(error) ? "You're offline." : error.message,
          level: "error",
        }),
    }),
  );
  return (
    <Button size="small" disabled={retry.isPending} onClick={() => retry.mutate({ taskId, idempotencyKey })}>
      <RotateCcw aria-hidden className="size-3" />
      Retry
    </Button>
  );
}
