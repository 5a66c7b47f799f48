import { useState } from "react";
import { Button } from "../ui/button.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { useNowByMinute } from "../ui/use-now.ts";
import { isFiltering, NO_FILTER } from "./filter-sessions.ts";
import { groupSessions } from "./group-sessions.ts";
import { LaterBranch } from "./later-branch.ts";
import { SessionFilterBar } from "./session-filter-bar.tsx";
import { SessionLink } from "./session-link.tsx";
import { useFilteredSessions } from "./use-filtered-sessions.ts";

/** The rail's sessions, in groups. */
export function SessionList() {
  const [filter, setFilter] = useState(NO_FILTER);
  const { sessions, isLoading, error, retry, loadMore } = useFilteredSessions(filter);
  const now = useNowByMinute();
  const bar = <SessionFilterBar filter={filter} change={setFilter} />;
  if (isLoading) {
    return (
      <>
        {bar}
        <ListSkeleton />
      </>
    );
  }
  if (error !== null) {
    return (
      <>
        {bar}
        <div role="alert" className="grow px-4 py-2 text-sm text-muted">
          <p>Couldn't load sessions. {error.message}</p>
          <Button size="small" className="mt-2" onClick={retry}>
            Retry
          </Button>
        </div>
      </>
    );
  }
  return (
    <>
      {bar}
      <nav aria-label="Sessions" className="min-h-0 grow overflow-y-auto px-2 pb-4">
        {sessions.length === 0 && (
          <p className="px-2 py-2 text-sm text-faint">
            {isFiltering(filter) ? "No sessions match." : "No sessions yet."}
          </p>
        )}
        {groupSessions(sessions, now).map((group) => (
          <section key={group.title} aria-label={group.title} className="mt-2">
            <h2 className="px-2 py-1 text-xs font-medium text-faint">{group.title}</h2>
            <ul>
              {group.sessions.map((session) => (
                <li key={session.id} className="relative">
                  <SessionLink session={session} />
                  {session.subagents !== undefined && <LaterBranch session={session} />}
                </li>
              ))}
            </ul>
          </section>
        ))}
        {loadMore !== null && (
          <Button look="quiet" size="small" className="mt-2 ml-1" onClick={loadMore}>
            Show older
          </Button>
        )}
      </nav>
    </>
  );
}

const WIDTHS = ["w-40", "w-28", "w-44", "w-32", "w-36"];

function ListSkeleton() {
  return (
    <div aria-hidden className="grow px-4 pt-4">
      <Skeleton className="h-3 w-12" />
      {WIDTHS.map((width) => (
        <div key={width} className="flex h-11 items-center gap-2.5">
          <Skeleton className="size-3.5 rounded-full" />
          <Skeleton className={`h-3 ${width}`} />
        </div>
      ))}
    </div>
  );
}
