import type { WorkspaceKind } from "@trunkline/contract";
import { FolderGit2, GitBranch } from "lucide-react";
import { useEffect } from "react";
import { AppLink } from "../navigation/app-link.tsx";
import { revealHidden } from "../text/reveal-hidden.ts";
import { Skeleton } from "../ui/skeleton.tsx";
import { useProjects } from "./use-projects.ts";
import { choose, restoreChoice, useChoice, workspaceOf } from "./workspace-choice.ts";

const FIELD =
  "h-7 min-w-0 rounded-md border border-transparent bg-transparent px-1 text-xs text-muted transition-colors hover:border-line hover:bg-hover focus:border-accent max-md:h-9 max-md:text-[16px]";

/** Project, start and workspace of a new session, remembered for the next one. */
export function ProjectChoice() {
  const { data: projects, isPending, isError, refetch } = useProjects();
  const chosen = useChoice();
  useEffect(restoreChoice, []);
  if (isPending) return <Skeleton className="my-1.5 ml-1 h-4 w-32" />;
  if (isError) {
    return (
      <p role="alert" className="flex h-7 items-center gap-1 px-1.5 text-xs text-muted">
        Couldn't load projects.
        <button type="button" onClick={() => void refetch()} className="text-accent hover:underline">
          Retry
        </button>
      </p>
    );
  }
  const project = projects.find(({ id }) => id === chosen.projectId);
  const isDirectory = project?.source.kind === "directory";
  const workspace = workspaceOf(project, chosen);
  return (
    <fieldset aria-label="Workspace" className="flex min-w-0 flex-wrap items-center gap-x-1 px-1">
      <FolderGit2 aria-hidden className="size-3.5 shrink-0 text-faint" strokeWidth={1.75} />
      {projects.length === 0 ? (
        <AppLink
          href="/settings#projects"
          className="px-1 text-xs text-muted hover:text-text hover:underline"
        >
          Add a project
        </AppLink>
      ) : (
        <select
          value={project?.id ?? ""}
          aria-label="Project"
          onChange={(event) => choose({ projectId: event.target.value || null, baseRef: "" })}
          className={`${FIELD} max-w-52`}
        >
          <option value="">No project</option>
          {projects.map(({ id, name }) => (
            <option key={id} value={id}>
              {revealHidden(name)}
            </option>
          ))}
        </select>
      )}
      {project !== undefined && (
        <>
          <select
            value={workspace}
            aria-label="Work in"
            onChange={(event) => choose({ workspace: event.target.value as WorkspaceKind })}
            className={FIELD}
          >
            <option value="clone">Own clone</option>
            {isDirectory && <option value="in-place">In place</option>}
            <option value="fresh">Empty folder</option>
          </select>
          {workspace === "clone" && (
            <span className="flex min-w-0 items-center gap-0.5">
              <GitBranch aria-hidden className="size-3.5 shrink-0 text-faint" strokeWidth={1.75} />
              <input
                value={chosen.baseRef}
                aria-label="Start from branch, tag or commit"
                placeholder={project.baseRef ?? "default branch"}
                autoComplete="off"
                spellCheck={false}
                maxLength={250}
                onChange={(event) => choose({ baseRef: event.target.value })}
                className={`${FIELD} w-32 placeholder:text-faint`}
              />
            </span>
          )}
          {workspace === "clone" && isDirectory && (
            <label className="flex items-center gap-1.5 px-1 text-xs text-muted">
              <input
                type="checkbox"
                checked={chosen.includeUncommitted}
                onChange={(event) => choose({ includeUncommitted: event.target.checked })}
                className="size-3.5 accent-accent"
              />
              Include uncommitted changes
            </label>
          )}
          {workspace === "in-place" && (
            <span className="px-1 text-xs text-waits">Changes your files directly</span>
          )}
        </>
      )}
    </fieldset>
  );
}
