import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { MAX_PAGE_SIZE, type Session } from "@trunkline/contract";
import { ChevronRight } from "lucide-react";
import { useTRPC } from "../api/trpc.ts";
import { plural } from "../text/quantity.ts";
import { Button } from "../ui/button.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { toggleBranch, useIsBranchOpen } from "./open-branches.ts";
import { SessionLink } from "./session-link.tsx";
import { isActive, statusOfSession } from "./status.ts";

/** How often they are looked at while their parent works, in ms: the activity stream tells of listed sessions only. */
const LOOK_MS = 2_000;

/** In a session's row in the rail: how many subagents it has, and on demand, below it, their sessions. */
export function SubagentBranch({ session }: { session: Session }) {
  const isOpen = useIsBranchOpen(session.id);
  const what = plural(session.subagents ?? 0, "subagent");
  return (
    <>
      <button
        type="button"
        aria-expanded={isOpen}
        aria-label={`${what} of ${session.title}`}
        data-hint={what}
        onClick={() => toggleBranch(session.id)}
        className="absolute top-6 right-1 flex h-5 items-center gap-0.5 rounded-md px-1 text-xs text-muted hover:bg-selected hover:text-text pointer-coarse:right-9 pointer-coarse:h-6"
      >
        {session.subagents}
        <ChevronRight
          aria-hidden
          className={`size-3 transition-transform ${isOpen ? "rotate-90" : ""}`}
          strokeWidth={2}
        />
      </button>
      {isOpen && <SubagentList session={session} />}
    </>
  );
}

/** The sessions of a session's subagents, in the order in which they began. */
function SubagentList({ session }: { session: Session }) {
  const trpc = useTRPC();
  const { data, error, isPending, refetch } = useQuery(
    trpc.session.list.queryOptions(
      { parentSessionId: session.id, limit: MAX_PAGE_SIZE },
      {
        placeholderData: keepPreviousData,
        // Once more after the parent's end: theirs came before it.
        staleTime: 0,
        refetchInterval: isActive(statusOfSession(session)) && LOOK_MS,
      },
    ),
  );
  const children = data?.items.toSorted((a, b) => a.createdAt - b.createdAt) ?? [];
  return (
    <div className="ml-3.5 border-l border-line pl-1">
      {isPending && <Skeleton className="mx-2 my-3 h-4 w-32" />}
      {error !== null && data === undefined && (
        <p role="alert" className="flex items-center gap-2 px-2 py-1 text-xs text-muted">
          <span className="min-w-0 grow">Couldn't load the subagents. {error.message}</span>
          <Button size="small" onClick={() => void refetch()}>
            Retry
          </Button>
        </p>
      )}
      <ul aria-label={`Subagents of ${session.title}`}>
        {children.map((child) => (
          <li key={child.id} className="relative">
            <SessionLink session={child} />
            {child.subagents !== undefined && <SubagentBranch session={child} />}
          </li>
        ))}
      </ul>
    </div>
  );
}
