import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { Project, ProjectNetwork } from "@trunkline/contract";
import { type SubmitEvent, useEffect, useRef, useState } from "react";
import { useTRPCClient } from "../api/trpc.ts";
import { reload } from "../api/reload.ts";
import { PROJECTS_KEY } from "../projects/use-projects.ts";
import { Button } from "../ui/button.tsx";
import { changedFields } from "./changed-fields.ts";
import { FIELD, Fields, Labeled } from "./fields.tsx";
import { draftOfProject, nameAfter, type ProjectDraft, settingsOf, sourceOf } from "./project-draft.ts";

/** Settings of a new project, or of an existing one, whose source stays. */
export function ProjectForm({ project, close }: { project: Project | null; close: () => void }) {
  const client = useTRPCClient();
  const queries = useQueryClient();
  const [start] = useState<ProjectDraft>(() => draftOfProject(project));
  const [draft, setDraft] = useState(start);
  const first = useRef<HTMLInputElement>(null);
  useEffect(() => first.current?.focus(), []);
  const save = useMutation({
    mutationFn: (of: ProjectDraft) =>
      project === null
        ? client.project.create.mutate({ ...settingsOf(of), source: sourceOf(of.source) })
        : client.project.update.mutate({
            ...changedFields(settingsOf(start), settingsOf(of)),
            projectId: project.id,
          }),
    onSuccess: () => {
      void reload(queries, PROJECTS_KEY);
      close();
    },
  });
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    save.mutate(draft);
  };
  const write = (next: Partial<ProjectDraft>): void => setDraft({ ...draft, ...next });
  return (
    <form
      aria-label={project === null ? "New project" : `Settings of ${project.name}`}
      onSubmit={submit}
      className="flex flex-col gap-3 px-4 py-3"
    >
      <Fields isSaving={save.isPending}>
        {project === null && (
          <Labeled label="Repository" hint="A git URL (https or ssh), or a directory on the server.">
            <input
              ref={first}
              required
              value={draft.source}
              autoComplete="off"
              spellCheck={false}
              placeholder="https://git.example.com/team/app.git"
              onChange={(event) => write({ source: event.target.value })}
              className={`${FIELD} font-mono`}
            />
          </Labeled>
        )}
        <div className="grid grid-cols-2 gap-3 max-sm:grid-cols-1">
          <Labeled label="Name">
            <input
              ref={project === null ? undefined : first}
              value={draft.name}
              maxLength={64}
              autoComplete="off"
              placeholder={nameAfter(draft.source) || "app"}
              onChange={(event) => write({ name: event.target.value })}
              className={FIELD}
            />
          </Labeled>
          <Labeled label="Start from">
            <input
              value={draft.baseRef}
              maxLength={250}
              autoComplete="off"
              spellCheck={false}
              placeholder="Default branch"
              onChange={(event) => write({ baseRef: event.target.value })}
              className={FIELD}
            />
          </Labeled>
        </div>
        <Labeled label="Setup command" hint="Empty: the repository's .trunkline/setup, if it has one.">
          <textarea
            rows={2}
            value={draft.setup}
            spellCheck={false}
            placeholder="npm ci"
            onChange={(event) => write({ setup: event.target.value })}
            className={`${FIELD} h-auto py-1.5 font-mono text-code`}
          />
        </Labeled>
        <div className="grid grid-cols-2 gap-3 max-sm:grid-cols-1">
          <Labeled label="Network of commands">
            <select
              value={draft.network}
              onChange={(event) => write({ network: event.target.value as ProjectNetwork })}
              className={FIELD}
            >
              <option value="off">Off</option>
              <option value="allowlist">Package registries and listed hosts</option>
              <option value="on">On</option>
            </select>
          </Labeled>
          {draft.network === "allowlist" && (
            <Labeled label="More hosts" hint="One a line, such as *.example.com">
              <textarea
                rows={2}
                value={draft.allowedHosts}
                spellCheck={false}
                onChange={(event) => write({ allowedHosts: event.target.value })}
                className={`${FIELD} h-auto py-1.5 font-mono text-code`}
              />
            </Labeled>
          )}
        </div>
        <Labeled label="Environment variables" hint="Names of the server's variables that commands get.">
          <input
            value={draft.environment.replaceAll("\n", " ")}
            autoComplete="off"
            spellCheck={false}
            placeholder="CI NODE_ENV"
            onChange={(event) => write({ environment: event.target.value })}
            className={`${FIELD} font-mono`}
          />
        </Labeled>
        <Labeled label="Instructions for the agent">
          <textarea
            rows={3}
            dir="auto"
            value={draft.instructions}
            onChange={(event) => write({ instructions: event.target.value })}
            className={`${FIELD} h-auto py-1.5`}
          />
        </Labeled>
        <label className="flex items-center gap-2 text-sm">
          <input
            type="checkbox"
            checked={draft.shared}
            onChange={(event) => write({ shared: event.target.checked })}
            className="size-4 accent-accent"
          />
          Everybody on this server may use it
        </label>
      </Fields>
      {save.isError && (
        <p role="alert" className="text-sm break-words text-failed">
          {save.error.message}
        </p>
      )}
      <div className="flex gap-2">
        <Button
          type="submit"
          look="primary"
          disabled={save.isPending || (project === null && draft.source.trim() === "")}
        >
          {project === null ? "Create project" : "Save"}
        </Button>
        <Button look="quiet" onClick={close}>
          Cancel
        </Button>
      </div>
    </form>
  );
}
