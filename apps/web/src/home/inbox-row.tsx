import type { Session } from "@trunkline/contract";
import { clsx } from "clsx";
import { AppLink } from "../navigation/app-link.tsx";
import { useProjectName } from "../projects/use-projects.ts";
import { Elapsed, Age } from "../sessions/session-link.tsx";
import { money, segmentsOf, sessionWords } from "../sessions/session-words.ts";
import { isActive, statusOfSession } from "../sessions/status.ts";
import { StatusMark } from "../sessions/status-mark.tsx";
import { duration } from "../text/duration.ts";
import { plural } from "../text/quantity.ts";
import { revealHidden } from "../text/reveal-hidden.ts";
import { useNow } from "../ui/use-now.ts";
import { Peek } from "./peek.tsx";

interface InboxRowProps {
  session: Session;
  isSelected: boolean;
  select: () => void;
  isOpen: boolean;
}

/** One session of the inbox: what it does, for how long, and what it cost. */
export function InboxRow({ session, isSelected, select, isOpen }: InboxRowProps) {
  const project = useProjectName(session.projectId);
  const status = statusOfSession(session);
  const title = revealHidden(session.title);
  const { currentTask } = session;
  const queued = (session.queued ?? 0) - (currentTask?.state === "submitted" ? 1 : 0);
  const elapsed = durationOf(currentTask);
  return (
    <>
      <tr
        className={clsx(
          "group/row h-10 text-sm hover:bg-hover has-[a:focus-visible]:bg-hover",
          isSelected && "bg-accent-soft",
        )}
      >
        <td className="pl-2.5">
          <input
            type="checkbox"
            checked={isSelected}
            onChange={select}
            aria-label={`Select ${title}`}
            className="block size-4 accent-accent"
          />
        </td>
        <td className="pr-3">
          <span className="flex min-w-0 items-center gap-2">
            <StatusMark status={status} iconOnly />
            <AppLink
              href={`/s/${session.id}`}
              data-inbox-row={session.id}
              aria-expanded={isOpen}
              dir="auto"
              className="min-w-0 truncate font-medium"
            >
              {title}
            </AppLink>
            {project !== null && (
              <span className="max-w-28 min-w-0 shrink truncate text-xs text-faint max-sm:hidden">
                {revealHidden(project)}
              </span>
            )}
          </span>
        </td>
        <td className="pr-3 text-muted max-sm:hidden" translate="no">
          <span dir="auto" className="block truncate">
            {revealHidden(sessionWords(session))}
          </span>
        </td>
        <td className="pr-3 max-md:hidden">
          {currentTask?.step !== undefined && isActive(status) && <MiniTimeline step={currentTask.step} />}
        </td>
        <td className="pr-3 text-right text-xs text-muted tabular-nums max-sm:hidden" translate="no">
          {queued > 0 && <span data-hint={`${plural(queued, "prompt")} queued`}>+{queued} queued</span>}
        </td>
        <td className="pr-3 text-right text-xs text-muted tabular-nums" translate="no">
          {money(currentTask?.costUsd)}
        </td>
        <td className="pr-3 text-right text-xs text-muted tabular-nums" translate="no">
          {isActive(status) ? (
            <Elapsed since={currentTask?.startedAt ?? null} />
          ) : elapsed === null ? (
            <Age at={session.updatedAt} />
          ) : (
            elapsed
          )}
        </td>
      </tr>
      {isOpen && (
        <tr>
          <td colSpan={7} className="border-t border-line px-3 pt-2 pb-3">
            <Peek session={session} />
          </td>
        </tr>
      )}
    </>
  );
}

function durationOf(task: Session["currentTask"]): string | null {
  if (task === null || task.startedAt === null || task.endedAt === null) return null;
  return duration(task.endedAt - task.startedAt);
}

function MiniTimeline({ step }: { step: NonNullable<NonNullable<Session["currentTask"]>["step"]> }) {
  const now = useNow();
  if (now === 0) return null;
  return (
    <span aria-hidden className="flex h-2 w-full gap-px overflow-hidden rounded-sm bg-surface">
      {segmentsOf(step, now).map(({ kind, width }, place) => (
        <span
          key={place}
          style={{ width: `${width}%` }}
          className={kind === "model" ? "bg-line-strong" : "bg-runs"}
        />
      ))}
    </span>
  );
}
