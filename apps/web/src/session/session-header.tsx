import { PanelRight } from "lucide-react";
import { useInspector } from "../inspector/inspector-state.ts";
import { StatusMark } from "../sessions/status-mark.tsx";
import { PageHeader } from "../ui/page-header.tsx";
import { useSessionState } from "../session-stream/use-open-session.ts";
import { clock } from "../text/duration.ts";
import { compactCount } from "../text/quantity.ts";
import { IconButton } from "../ui/icon-button.tsx";
import { SessionMenu } from "../shell/later-parts.tsx";
import { useNow } from "../ui/use-now.ts";
import { ProjectMark } from "./project-mark.tsx";
import { activeTask, currentModel, sessionStatus, sessionTitle, sessionTokens } from "./session-facts.ts";

/** Title, status, model and usage. */
export function SessionHeader() {
  const title = useSessionState(sessionTitle);
  const status = useSessionState(sessionStatus);
  const model = useSessionState(currentModel);
  const tokens = useSessionState(sessionTokens);
  const startedAt = useSessionState(({ view }) => activeTask(view)?.startedAt ?? null);
  const { isOpen, toggle } = useInspector();
  return (
    <PageHeader>
      <h1 dir="auto" translate="no" className="min-w-0 truncate text-sm font-medium">
        {title}
      </h1>
      <span className="ml-1 flex shrink-0 items-center gap-1.5">
        <StatusMark status={status} />
        {startedAt !== null && <Elapsed since={startedAt} />}
      </span>
      <ProjectMark />
      <span className="grow" />
      <span translate="no" className="flex shrink-0 items-center gap-3 pr-1 text-xs text-muted max-md:hidden">
        {model !== null && <span title="Model">{model}</span>}
        {tokens > 0 && (
          <span title={`${tokens.toLocaleString("en")} tokens in and out`}>
            {compactCount(tokens)} tokens
          </span>
        )}
      </span>
      <SessionMenu />
      <IconButton icon={PanelRight} label="Inspector" keys="I" aria-pressed={isOpen} onClick={toggle} />
    </PageHeader>
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
