import { useMutation, useQueryClient } from "@tanstack/react-query";
import { isApiError } from "@trunkline/client";
import type { Project } from "@trunkline/contract";
import { Folder, GitBranch, KeyRound, TriangleAlert } from "lucide-react";
import { useState } from "react";
import { useTRPC } from "../api/trpc.ts";
import { reload } from "../api/reload.ts";
import { PROJECTS_KEY } from "../projects/use-projects.ts";
import { age } from "../text/duration.ts";
import { revealHidden } from "../text/reveal-hidden.ts";
import { moment } from "../text/time.ts";
import { Button } from "../ui/button.tsx";
import { confirmed } from "../ui/confirmation.ts";
import { showToast } from "../ui/toasts.ts";
import { useNowByMinute } from "../ui/use-now.ts";
import { CredentialForm } from "./credential-form.tsx";

/** A project: its source, last fetch, credential; what can be done with it. */
export function ProjectRow({ project, edit }: { project: Project; edit: () => void }) {
  const [isSigning, setIsSigning] = useState(false);
  const { remove, isBusy } = useRemove(project);
  const { source, credential, lastFetch } = project;
  const isUrl = source.kind === "git";
  const Icon = isUrl ? GitBranch : Folder;
  return (
    <div className="px-4 py-2.5 text-sm">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <Icon aria-hidden className="size-4 shrink-0 text-faint" strokeWidth={1.75} />
        <div className="min-w-48 grow basis-0">
          <p className="truncate">
            {revealHidden(project.name)}
            {project.shared && <span className="ml-2 text-xs text-muted">shared</span>}
          </p>
          <p translate="no" className="truncate font-mono text-xs text-muted" title={addressOf(project)}>
            {addressOf(project)}
          </p>
        </div>
        <span className="flex shrink-0 gap-1 max-sm:pl-5">
          {isUrl && !isSigning && (
            <Button
              size="small"
              look="quiet"
              aria-label={`Credential of ${project.name}`}
              onClick={() => setIsSigning(true)}
            >
              <KeyRound aria-hidden className="size-3.5" strokeWidth={1.75} />
              {credential === null ? "Add credential" : "Replace credential"}
            </Button>
          )}
          <Button size="small" look="quiet" aria-label={`Edit ${project.name}`} onClick={edit}>
            Edit
          </Button>
          <Button
            size="small"
            look="quiet"
            disabled={isBusy}
            aria-label={`Delete ${project.name}`}
            onClick={() => void remove()}
          >
            Delete
          </Button>
        </span>
      </div>
      <p className="mt-0.5 pl-7 text-xs break-words text-muted">
        {facts(project).join(" · ")}
        {lastFetch !== null && (
          <>
            {" · "}
            <Fetched at={lastFetch.at} isFailed={lastFetch.error !== null} />
          </>
        )}
      </p>
      {lastFetch !== null && lastFetch.error !== null && (
        <p className="mt-0.5 flex items-start gap-1.5 pl-7 text-xs text-waits">
          <TriangleAlert aria-hidden className="mt-0.5 size-3.5 shrink-0" strokeWidth={1.75} />
          <span className="min-w-0 [overflow-wrap:anywhere]">
            {revealHidden(lastFetch.error)}
            {lastFetch.commit !== null &&
              ` Sessions start from what was fetched before (${lastFetch.commit.slice(0, 8)}).`}
          </span>
        </p>
      )}
      {isSigning && <CredentialForm project={project} close={() => setIsSigning(false)} />}
    </div>
  );
}

const addressOf = ({ source }: Project): string =>
  revealHidden(source.kind === "git" ? source.url : source.path);

const NETWORK = {
  off: "no network",
  allowlist: "network: listed hosts",
  on: "network: on",
} as const;

function facts({ baseRef, credential, lastFetch, network, source }: Project): string[] {
  return [
    baseRef === null ? "default branch" : revealHidden(baseRef),
    NETWORK[network],
    ...(credential === null ? [] : [credential.kind === "token" ? "token stored" : "SSH key stored"]),
    ...(lastFetch === null && source.kind === "git" ? ["not fetched yet"] : []),
  ];
}

function Fetched({ at, isFailed }: { at: number; isFailed: boolean }) {
  const now = useNowByMinute();
  if (now === 0) return null;
  const ago = age(Math.max(0, now - at));
  const when = ago === "now" ? "just now" : `${ago} ago`;
  return (
    <time dateTime={new Date(at).toISOString()} title={moment(at)}>
      {isFailed ? `fetch failed ${when}` : `fetched ${when}`}
    </time>
  );
}

/** Deletes it after asking; again if sessions use it. */
function useRemove(project: Project) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const { mutateAsync, isPending } = useMutation(trpc.project.delete.mutationOptions());
  const remove = async (): Promise<void> => {
    const isSure = await confirmed({
      title: `Delete project ${project.name}?`,
      detail: "Its copy on this server and its credential are deleted. The repository itself is not touched.",
      action: "Delete project",
    });
    if (!isSure) return;
    try {
      await mutateAsync({ projectId: project.id });
    } catch (error) {
      if (!isApiError(error, "project_in_use")) return explain(error);
      const isStillSure = await confirmed({
        title: `Sessions use ${project.name}`,
        detail: "They keep their files, but can't fetch or publish any more.",
        action: "Delete it all the same",
      });
      if (!isStillSure) return;
      await mutateAsync({ projectId: project.id, force: true }).catch(explain);
    }
    void reload(queries, PROJECTS_KEY);
  };
  return { remove, isBusy: isPending };
}

function explain(error: unknown): void {
  const detail = error instanceof Error ? error.message : String(error);
  showToast("Couldn't delete the project", { detail, level: "error" });
}
