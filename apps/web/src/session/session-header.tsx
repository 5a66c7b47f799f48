import { useEffect } from "react";
import { CornerLeftUp, PanelRight } from "lucide-react";
import { useInspector } from "../inspector/inspector-state.ts";
import { AppLink } from "../navigation/app-link.tsx";
import { StatusMark } from "../sessions/status-mark.tsx";
import { openBranch } from "../sessions/open-branches.ts";
import { PageHeader } from "../ui/page-header.tsx";
import { useSessionState } from "../session-stream/use-open-session.ts";
import { clock } from "../text/duration.ts";
import { IconButton } from "../ui/icon-button.tsx";
import { ShareButton } from "../share/share-button.tsx";
import { SessionMenu } from "../shell/later-parts.tsx";
import { useNow } from "../ui/use-now.ts";
import { ProjectMark } from "./project-mark.tsx";
import { activeTask, currentEffort, currentModel, sessionStatus } from "./session-facts.ts";
import { SessionTitle } from "./session-title.tsx";
import { SessionUsage } from "./session-usage.tsx";

/** Title, status, model and usage. */
export function SessionHeader() {
  // A subagent's session is in no list: this is the way back.
  const parent = useSessionState(({ session }) => session?.parent?.sessionId ?? null);
  const root = useSessionState(({ session }) => session?.parent?.rootSessionId ?? null);
  useEffect(() => {
    for (const above of [root, parent]) if (above !== null) openBranch(above);
  }, [root, parent]);
  const status = useSessionState(sessionStatus);
  const startedAt = useSessionState(({ view }) => activeTask(view)?.startedAt ?? null);
  const { isOpen, toggle } = useInspector();
  return (
    <PageHeader>
      {parent !== null && (
        <AppLink
          href={`/s/${parent}`}
          className="flex shrink-0 items-center gap-1 rounded-md px-1 text-xs text-muted hover:bg-hover hover:text-text"
        >
          <CornerLeftUp aria-hidden className="size-3.5" strokeWidth={1.75} /> Parent
        </AppLink>
      )}
      <SessionTitle />
      <span className="ml-1 flex shrink-0 items-center gap-1.5">
        <StatusMark status={status} />
        {startedAt !== null && <Elapsed since={startedAt} />}
      </span>
      <span className="ml-1 flex min-w-0 text-xs text-muted max-md:hidden">
        <ProjectMark />
      </span>
      <span className="grow" />
      <span className="flex shrink-0 items-center gap-3 pr-1 text-xs text-muted max-md:hidden">
        <SessionDetails />
      </span>
      <ShareButton />
      <SessionMenu />
      <IconButton
        icon={PanelRight}
        label="Inspector"
        keys="I"
        aria-pressed={isOpen}
        onClick={() => toggle()}
      />
    </PageHeader>
  );
}

/** What a narrow header has no room for: a line of its own below it. */
export function NarrowDetails() {
  return (
    <section
      aria-label="Session details"
      className="flex min-h-6 shrink-0 flex-wrap items-center gap-x-3 border-b border-line px-3 py-0.5 text-xs text-muted md:hidden"
    >
      <ProjectMark />
      <SessionDetails />
    </section>
  );
}

/** Model, effort and usage. */
function SessionDetails() {
  const model = useSessionState(currentModel);
  const effort = useSessionState(currentEffort);
  return (
    <span translate="no" className="contents">
      {model !== null && (
        <span title={effort === null ? "Model" : "Model and reasoning effort"}>
          {effort === null ? model : `${model} · ${effort}`}
        </span>
      )}
      <SessionUsage />
    </span>
  );
}

function Elapsed({ since }: { since: number }) {
  const now = useNow();
  return now === 0 ? null : (
    <span translate="no" className="text-sm text-muted">
      {clock(now - since)}
    </span>
  );
}
