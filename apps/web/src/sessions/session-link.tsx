import type { Session } from "@trunkline/contract";
import { clsx } from "clsx";
import { useProjectName } from "../projects/use-projects.ts";
import { AppLink } from "../navigation/app-link.tsx";
import { usePathname } from "next/navigation";
import { age, clock } from "../text/duration.ts";
import { revealHidden } from "../text/reveal-hidden.ts";
import { moment } from "../text/time.ts";
import { useNow, useNowByMinute } from "../ui/use-now.ts";
import { useIsUnseen } from "./seen.ts";
import { isActive, statusOfSession } from "./status.ts";
import { StatusMark } from "./status-mark.tsx";

/** A session in the rail: status, title, and how long it has run or how long ago it ended. */
export function SessionLink({ session }: { session: Session }) {
  const href = `/s/${session.id}`;
  const current = usePathname() === href;
  const status = statusOfSession(session);
  const unseen = useIsUnseen(session) && !current;
  return (
    <AppLink
      href={href}

      aria-current={current ? "page" : undefined}
      className={clsx(
        "flex items-center gap-2.5 rounded-md px-2 text-sm transition-colors",
        session.projectId === null ? "h-8 max-md:h-10" : "h-11 max-md:h-12",
        current ? "bg-selected text-text" : "text-muted hover:bg-hover hover:text-text",
        unseen && "font-medium text-text",
      )}
    >
      <StatusMark status={status} iconOnly />
      <span translate="no" className="flex min-w-0 grow flex-col">
        <span dir="auto" className="truncate">
          {revealHidden(session.title)}
        </span>
        {session.projectId !== null && <Place session={session} projectId={session.projectId} />}
      </span>
      {unseen && (
        <span className="size-1.5 shrink-0 rounded-full bg-accent">
          <span className="sr-only">Not seen yet</span>
        </span>
      )}
      <span translate="no" className="shrink-0 text-xs text-faint">
        {isActive(status) ? (
          <Elapsed since={session.currentTask?.startedAt ?? null} />
        ) : (
          <Age at={session.updatedAt} />
        )}
      </span>
    </AppLink>
  );
}

/** The project and branch that it works in. */
function Place({ session: { branch }, projectId }: { session: Session; projectId: string }) {
  const project = useProjectName(projectId);
  const parts = [project, branch].filter((part) => part !== null).map(revealHidden);
  return <span className="truncate text-xs font-normal text-faint">{parts.join(" · ")}</span>;
}

function Elapsed({ since }: { since: number | null }) {
  const now = useNow();
  return since === null || now === 0 ? null : <span>{clock(now - since)}</span>;
}

function Age({ at }: { at: number }) {
  const now = useNowByMinute();
  return now === 0 ? null : (
    <time dateTime={new Date(at).toISOString()} title={moment(at)}>
      {age(Math.max(0, now - at))}
    </time>
  );
}
