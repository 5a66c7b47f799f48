import type { SubagentRow } from "@trunkline/contract/session-view";
import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "../api/trpc.ts";
import { Markdown } from "../markdown/markdown.tsx";
import { AppLink } from "../navigation/app-link.tsx";
import { sessionWords } from "../sessions/session-words.ts";
import { useIsReadOnly } from "../session-stream/read-only.ts";
import { StatusMark } from "../sessions/status-mark.tsx";
import { isActive, statusOfSession, statusOfTask } from "../sessions/status.ts";
import { revealHidden } from "../text/reveal-hidden.ts";
import { Button } from "../ui/button.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { ExpandableLine, LineChevron } from "./expandable-line.tsx";
import { useExpanded } from "./expansion.ts";

/** How often an opened one that works is looked at, in ms: its events are on another stream. */
const LOOK_MS = 2_000;
/** Characters of its answer. */
const MAX_ANSWER = 4_000;

/** A subagent: what it does; opened, its current step or its answer, and a link to the session in which it works. */
export function SubagentLine({ row }: { row: SubagentRow }) {
  const { isOpen, toggle } = useExpanded(row.key, false);
  const isReadOnly = useIsReadOnly();
  return (
    <div className="py-0.5">
      <ExpandableLine isOpen={isOpen} toggle={toggle}>
        <StatusMark status={statusOfTask(row.state)} iconOnly />
        <span className="shrink-0 text-muted">Subagent</span>
        <span dir="auto" className="min-w-0 truncate">
          {revealHidden(row.title ?? "")}
        </span>
        <span className="grow" />
        <LineChevron isOpen={isOpen} />
      </ExpandableLine>
      {isOpen && !isReadOnly && <Subagent sessionId={row.sessionId} />}
      {isOpen && isReadOnly && (
        <p className="ml-2 border-l border-line py-1.5 pl-3.5 text-sm text-muted">
          Works in a session of its own, which this link doesn't show.
        </p>
      )}
    </div>
  );
}

function Subagent({ sessionId }: { sessionId: string }) {
  const trpc = useTRPC();
  const { data, error, isPending, refetch } = useQuery(
    trpc.session.get.queryOptions(
      { sessionId },
      {
        refetchInterval: ({ state }) =>
          state.data !== undefined && isActive(statusOfSession(state.data.session)) && LOOK_MS,
      },
    ),
  );
  const answer = data?.tasks.find(({ id }) => id === data.session.currentTask?.id)?.result ?? null;
  return (
    <div className="ml-2 flex flex-col gap-2 border-l border-line py-1.5 pl-3.5 text-sm">
      {isPending && <Skeleton className="h-6 w-2/3" />}
      {error !== null && (
        <p role="alert" className="flex items-center gap-3 text-muted">
          Couldn't load the subagent. {error.message}
          <Button size="small" onClick={() => void refetch()}>
            Retry
          </Button>
        </p>
      )}
      {data !== undefined &&
        (answer === null || answer === "" ? (
          <p translate="no" className="break-words text-muted">
            {revealHidden(sessionWords(data.session))}
          </p>
        ) : (
          <Markdown text={answer.slice(0, MAX_ANSWER)} />
        ))}
      <p>
        <AppLink href={`/s/${sessionId}`} className="text-xs text-muted underline hover:text-text">
          Open
        </AppLink>
      </p>
    </div>
  );
}
