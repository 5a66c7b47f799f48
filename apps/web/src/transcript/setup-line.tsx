import { useMutation } from "@tanstack/react-query";
import type { SetupRow } from "@trunkline/contract/session-view";
import { PackageCheck, RotateCcw } from "lucide-react";
import { useTRPC } from "../api/trpc.ts";
import { isConnectionError } from "../network/network.ts";
import { useIsReadOnly } from "../session-stream/read-only.ts";
import { useCurrentSession, useSessionState } from "../session-stream/use-open-session.ts";
import { duration } from "../text/duration.ts";
import { bytes } from "../text/quantity.ts";
import { revealHidden } from "../text/reveal-hidden.ts";
import { Button } from "../ui/button.tsx";
import { showToast } from "../ui/toasts.ts";
import { ExpandableLine, LineChevron } from "./expandable-line.tsx";
import { useExpanded } from "./expansion.ts";
import { RunningFor, StateMark } from "./state-mark.tsx";
import { TerminalOutput } from "./terminal-output.tsx";

/** The command that prepared the workspace, as a tool call is shown. */
export function SetupLine({ row }: { row: SetupRow }) {
  const { isOpen, toggle } = useExpanded(row.key, row.state !== "succeeded");
  const isReadOnly = useIsReadOnly();
  const [line = ""] = (row.command ?? "").split("\n", 1);
  return (
    <div className="py-0.5">
      <ExpandableLine isOpen={isOpen} toggle={toggle} translate="no">
        <PackageCheck aria-hidden className="size-4 shrink-0 text-muted" strokeWidth={1.75} />
        <span className="shrink-0 text-muted">Setup</span>
        <span className="min-w-0 truncate font-mono text-code">{revealHidden(line)}</span>
        <span className="grow" />
        <LineChevron isOpen={isOpen} />
        {row.cached && <span className="shrink-0 text-xs text-muted">from cache</span>}
        {row.exitCode !== null && row.exitCode !== 0 && (
          <span className="shrink-0 text-xs text-failed">exit {row.exitCode}</span>
        )}
        <StateMark state={row.state} />
        <span className="min-w-10 shrink-0 text-right text-xs text-faint">
          {row.durationMs === null ? <RunningFor since={row.at} /> : duration(row.durationMs)}
        </span>
      </ExpandableLine>
      {isOpen && <SetupDetails row={row} />}
      {row.state === "failed" && !isReadOnly && <Retry row={row} />}
    </div>
  );
}

function SetupDetails({ row }: { row: SetupRow }) {
  return (
    <div className="mt-1 mb-2 overflow-hidden rounded-lg border border-line bg-surface">
      {(row.command ?? "").includes("\n") && (
        <pre
          tabIndex={0}
          translate="no"
          aria-label="Command"
          className="max-h-40 overflow-auto border-b border-line px-3 py-2 font-mono text-code -outline-offset-2"
        >
          {revealHidden(row.command ?? "")}
        </pre>
      )}
      <pre
        tabIndex={0}
        translate="no"
        aria-label="Output"
        className="max-h-80 overflow-auto px-3 py-2 font-mono text-code -outline-offset-2 [overflow-anchor:none]"
      >
        {row.output === "" ? (
          <span className="text-faint">{row.state === "running" ? "No output yet" : "No output"}</span>
        ) : (
          <TerminalOutput text={row.output} isRunning={row.state === "running"} />
        )}
      </pre>
      {row.omittedBytes > 0 && (
        <p className="border-t border-line px-3 py-1.5 text-xs text-muted">
          {bytes(row.omittedBytes)} omitted from the middle
        </p>
      )}
    </div>
  );
}

/** Only the latest one is of use. */
function Retry({ row }: { row: SetupRow }) {
  const trpc = useTRPC();
  const { sessionId } = useCurrentSession();
  const isLatest = useSessionState(
    ({ view }) => view.rows.findLast(({ kind }) => kind === "setup")?.key === row.key,
  );
  const retry = useMutation(
    trpc.session.retrySetup.mutationOptions({
      onError: (error) =>
        showToast("Couldn't run the setup again", {
          detail: isConnectionError(error) ? "You're offline." : error.message,
          level: "error",
        }),
    }),
  );
  if (!isLatest) return null;
  return (
    <div className="mb-2 flex items-center gap-3 text-sm text-muted">
      <span className="min-w-0 grow">The task starts once the setup succeeds.</span>
      <Button size="small" disabled={retry.isPending} onClick={() => retry.mutate({ sessionId })}>
        <RotateCcw aria-hidden className="size-3" />
        Run setup again
      </Button>
    </div>
  );
}
