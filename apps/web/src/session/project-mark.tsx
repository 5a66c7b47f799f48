import { FolderGit2, GitBranch } from "lucide-react";
import { useProjectName } from "../projects/use-projects.ts";
import { useSessionState } from "../session-stream/use-open-session.ts";
import { revealHidden } from "../text/reveal-hidden.ts";

/** The session's project and branch; renders nothing without a project. */
export function ProjectMark() {
  const projectId = useSessionState(({ session }) => session?.projectId ?? null);
  const branch = useSessionState(({ session }) => session?.branch ?? null);
  const isInPlace = useSessionState(({ session }) => session?.workspaceKind === "in-place");
  const name = useProjectName(projectId);
  if (projectId === null) return null;
  return (
    <span translate="no" className="flex min-w-0 items-center gap-3">
      {name !== null && (
        <span className="flex max-w-40 shrink-0 items-center gap-1" title="Project">
          <FolderGit2 aria-hidden className="size-3.5 shrink-0 text-faint" strokeWidth={1.75} />
          <span className="truncate">{revealHidden(name)}</span>
        </span>
      )}
      {isInPlace ? (
        <span className="shrink-0 text-waits">in place</span>
      ) : (
        branch !== null && (
          <span className="flex min-w-0 items-center gap-1" title={`Branch ${revealHidden(branch)}`}>
            <GitBranch aria-hidden className="size-3.5 shrink-0 text-faint" strokeWidth={1.75} />
            <span className="max-w-56 truncate font-mono">{revealHidden(branch)}</span>
          </span>
        )
      )}
    </span>
  );
}
