import type { Session } from "@trunkline/contract";
import { clsx } from "clsx";
import { Ellipsis } from "lucide-react";
import { usePath } from "../navigation/use-path.ts";
import { type MouseEvent, useRef } from "react";
import { AppLink } from "../navigation/app-link.tsx";
import { useProjectName } from "../projects/use-projects.ts";
import { age, clock } from "../text/duration.ts";
import { revealHidden } from "../text/reveal-hidden.ts";
import { moment } from "../text/time.ts";
import { lateTitle } from "../ui/late-title.ts";
import { useNow, useNowByMinute } from "../ui/use-now.ts";
import { stopRenaming, useIsRenaming } from "./rename.ts";
import { openRowMenu } from "./row-menu-place.ts";
import { useIsUnseen } from "./seen.ts";
import { sessionWords } from "./session-words.ts";
import { isActive, statusOfSession } from "./status.ts";
import { StatusMark } from "./status-mark.tsx";
import { TitleField } from "./title-field.tsx";

/** A session in the rail: status and title; what it does or how it ended, and how long it has run or how long ago that was. */
export function SessionLink({ session }: { session: Session }) {
  const href = `/s/${session.id}`;
  const current = usePath() === href;
  const status = statusOfSession(session);
  // A subagent's session is its parent's: there is nothing to do with it alone.
  const isOwn = session.parent === undefined;
  const unseen = useIsUnseen(session) && !current && isOwn;
  const title = revealHidden(session.title);
  const project = useProjectName(session.projectId);
  const isRenaming = useIsRenaming(session.id);
  const more = useRef<HTMLButtonElement>(null);
  const openMenu = (event: MouseEvent): void => {
    event.preventDefault();
    const opener = more.current;
    if (opener === null) return;
    const { left, bottom } = opener.getBoundingClientRect();
    // A click by key has no place of its own.
    const isAtPointer = event.type === "contextmenu" && event.clientX > 0;
    const [x, y] = isAtPointer ? [event.clientX, event.clientY] : [left, bottom];
    openRowMenu({ session, x, y, opener });
  };
  if (isRenaming) {
    return (
      <div className="flex h-11 items-center px-2 max-md:h-12">
        <TitleField
          sessionId={session.id}
          title={session.title}
          close={() => stopRenaming(session.id)}
          className="h-7.5 w-full rounded-md border border-accent bg-background px-2 text-sm outline-none max-md:text-[16px]"
        />
      </div>
    );
  }
  return (
    <div className="group/row relative" onContextMenu={isOwn ? openMenu : undefined}>
      <AppLink
        href={href}
        aria-current={current ? "page" : undefined}
        data-hint={[title, project, session.branch === null ? null : revealHidden(session.branch)]
          .filter((part) => part !== null)
          .join(" · ")}
        className={clsx(
          "flex h-11 items-center gap-2.5 rounded-md px-2 text-sm transition-colors max-md:h-12",
          current ? "bg-selected text-text" : "text-muted group-hover/row:bg-hover hover:text-text",
          unseen && "font-medium text-text",
        )}
      >
        <StatusMark status={status} iconOnly />
        <span translate="no" className="flex min-w-0 grow flex-col">
          <span dir="auto" className="truncate">
            {title}
          </span>
          <span dir="auto" className="truncate text-xs font-normal text-faint">
            {revealHidden(sessionWords(session))}
          </span>
        </span>
        {unseen && (
          <span className="size-1.5 shrink-0 rounded-full bg-accent">
            <span className="sr-only">Not seen yet</span>
          </span>
        )}
        <span
          translate="no"
          className="shrink-0 self-start pt-1 text-xs font-normal text-faint group-focus-within/row:invisible group-hover/row:invisible pointer-coarse:visible! pointer-coarse:mr-7"
        >
          {isActive(status) ? (
            <Elapsed since={session.currentTask?.startedAt ?? null} />
          ) : (
            <Age at={session.updatedAt} />
          )}
        </span>
      </AppLink>
      {isOwn && (
        <button
          ref={more}
          type="button"
          aria-label={`More actions for ${title}`}
          aria-haspopup="menu"
          onClick={openMenu}
          className="absolute top-1 right-1 flex size-6 items-center justify-center rounded-md text-muted opacity-0 group-focus-within/row:opacity-100 group-hover/row:opacity-100 hover:bg-selected hover:text-text pointer-coarse:top-2.5 pointer-coarse:opacity-100"
        >
          <Ellipsis aria-hidden className="size-4" strokeWidth={1.75} />
        </button>
      )}
    </div>
  );
}

export function Elapsed({ since }: { since: number | null }) {
  const now = useNow();
  return since === null || now === 0 ? null : <span>{clock(now - since)}</span>;
}

export function Age({ at }: { at: number }) {
  const now = useNowByMinute();
  return now === 0 ? null : (
    <time dateTime={new Date(at).toISOString()} {...lateTitle(() => moment(at))}>
      {age(Math.max(0, now - at))}
    </time>
  );
}
