import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { PublishInput } from "@trunkline/contract";
import type { SubmitEvent } from "react";
import { useTRPC } from "../api/trpc.ts";
import { reload } from "../api/reload.ts";
import { forgetDraft } from "../composer/draft.ts";
import { useDraft } from "../composer/use-draft.ts";
import { download } from "../files/download.ts";
import { isConnectionError } from "../network/network.ts";
import { useProjects } from "../projects/use-projects.ts";
import { sessionTitle } from "../session/session-facts.ts";
import { useSessionState } from "../session-stream/use-open-session.ts";
import { FIELD, Fields, Labeled } from "../settings/fields.tsx";
import { Button } from "../ui/button.tsx";
import { showToast } from "../ui/toasts.ts";
import { type PublishDraft, publishDraftOf, publishPlace } from "./publish-draft.ts";
import { publicationKey } from "./use-publication.ts";

type Kind = PublishInput["kind"];

const WORDS: Readonly<Record<Kind, { option: string; action: string; done: string }>> = {
  "pull-request": {
    option: "Pull or merge request",
    action: "Push and open request",
    done: "Request opened",
  },
  branch: { option: "Branch", action: "Push branch", done: "Branch pushed" },
  local: {
    option: "Branch in the project's directory",
    action: "Create branch",
    done: "Branch created",
  },
  patch: { option: "Patch file", action: "Download patch", done: "Patch downloaded" },
};

/** What tells programs how to go on (services/publish-session.ts of the server). */
const UNSHOWN = /; to publish them as well: .*$/;

interface PublishFormProps {
  sessionId: string;
  onPublished: () => void;
  close: () => void;
}

/** What is published, and as what. What is written stays until it is published, or given up by its button. */
export function PublishForm({ sessionId, onPublished, close }: PublishFormProps) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const projectId = useSessionState(({ session }) => session?.projectId ?? null);
  const title = useSessionState(sessionTitle) ?? "";
  const { data: projects } = useProjects();
  const source = projects?.find(({ id }) => id === projectId)?.source.kind ?? null;
  const kinds = kindsOf(projectId, source);
  const place = publishPlace(sessionId);
  const { text: kept, draft: keeper } = useDraft(place);
  const draft = publishDraftOf(kept);
  const write = (next: Partial<PublishDraft>): void => keeper.write(JSON.stringify({ ...draft, ...next }));
  const kind = draft.kind !== null && kinds.includes(draft.kind) ? draft.kind : (kinds[0] ?? "patch");
  const publish = useMutation(
    trpc.session.publish.mutationOptions({
      onSuccess: (published) => {
        if (published.kind === "patch" && published.url !== null)
          void download(published.url, "changes.patch");
        showToast(WORDS[published.kind].done, {
          detail: published.kind === "patch" ? undefined : published.branch,
        });
        forgetDraft(place);
        void reload(queries, publicationKey(sessionId));
        onPublished();
      },
    }),
  );
  const send = (unshown: boolean): void => {
    const isRequest = kind === "pull-request";
    publish.mutate({
      sessionId,
      kind,
      ...(draft.title.trim() !== "" && { title: draft.title.trim() }),
      ...(isRequest && draft.body.trim() !== "" && { body: draft.body }),
      ...(kind !== "patch" && draft.branch.trim() !== "" && { branch: draft.branch.trim() }),
      ...(isRequest && draft.isDraft && { draft: true }),
      ...(unshown && { unshown }),
    });
  };
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    send(false);
  };
  const isUnshown = publish.isError && UNSHOWN.test(publish.error.message);
  const branch = useSessionState(({ session }) => session?.branch ?? null);
  return (
    <form aria-label="Publish changes" onSubmit={submit} className="flex flex-col gap-3">
      <Fields isSaving={publish.isPending}>
        <Labeled label="Publish as">
          <select
            value={kind}
            onChange={(event) => write({ kind: event.target.value as Kind })}
            className={FIELD}
          >
            {kinds.map((one) => (
              <option key={one} value={one}>
                {WORDS[one].option}
              </option>
            ))}
          </select>
        </Labeled>
        <Labeled label="Title" hint="Also the message of a commit made of uncommitted changes.">
          <input
            dir="auto"
            value={draft.title}
            maxLength={200}
            autoComplete="off"
            placeholder={title}
            onChange={(event) => write({ title: event.target.value })}
            className={FIELD}
          />
        </Labeled>
        {kind === "pull-request" && (
          <Labeled label="Description">
            <textarea
              dir="auto"
              rows={4}
              value={draft.body}
              maxLength={60_000}
              onChange={(event) => write({ body: event.target.value })}
              className={`${FIELD} h-auto py-1.5`}
            />
          </Labeled>
        )}
        {kind !== "patch" && (
          <Labeled label="Branch">
            <input
              value={draft.branch}
              maxLength={200}
              autoComplete="off"
              spellCheck={false}
              placeholder={branch ?? "trunkline/…"}
              onChange={(event) => write({ branch: event.target.value })}
              className={`${FIELD} font-mono`}
            />
          </Labeled>
        )}
        {kind === "pull-request" && (
          <label className="flex items-center gap-2 text-sm">
            <input
              type="checkbox"
              checked={draft.isDraft}
              onChange={(event) => write({ isDraft: event.target.checked })}
              className="size-4 accent-accent"
            />
            Open as a draft
          </label>
        )}
      </Fields>
      {publish.isError && (
        <p role="alert" className="text-sm [overflow-wrap:anywhere] text-failed">
          {isConnectionError(publish.error)
            ? "No answer came, so it may have been published. To publish again does no harm."
            : publish.error.message.replace(UNSHOWN, ".")}
        </p>
      )}
      <div className="flex gap-2">
        <Button type="submit" look="primary" disabled={publish.isPending}>
          {publish.isPending ? "Publishing…" : WORDS[kind].action}
        </Button>
        {isUnshown && (
          <Button look="danger" onClick={() => send(true)}>
            Publish them as well
          </Button>
        )}
        <Button
          look="quiet"
          onClick={() => {
            forgetDraft(place);
            close();
          }}
        >
          Cancel
        </Button>
      </div>
    </form>
  );
}

/** The first is the default. Without a project, there is nowhere to push to. */
function kindsOf(projectId: string | null, source: "git" | "directory" | null): Kind[] {
  if (projectId === null) return ["patch"];
  if (source === "directory") return ["local", "branch", "pull-request", "patch"];
  return ["pull-request", "branch", "patch"];
}
