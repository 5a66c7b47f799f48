import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { Check, Publication } from "@trunkline/contract";
import {
  CircleCheck,
  CircleDashed,
  CircleDot,
  CircleX,
  GitMerge,
  GitPullRequest,
  type LucideIcon,
  RotateCw,
} from "lucide-react";
import { useState } from "react";
import { useTRPC } from "../api/trpc.ts";
import { reload } from "../api/reload.ts";
import { forgetDraft } from "../composer/draft.ts";
import { useDraft } from "../composer/use-draft.ts";
import { TextLink } from "../markdown/links.tsx";
import { isConnectionError } from "../network/network.ts";
import { FIELD, Labeled } from "../settings/fields.tsx";
import { plural } from "../text/quantity.ts";
import { revealHidden } from "../text/reveal-hidden.ts";
import { moment } from "../text/time.ts";
import { Button } from "../ui/button.tsx";
import { IconButton } from "../ui/icon-button.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { showToast } from "../ui/toasts.ts";
import { bringBackPlace } from "./publish-draft.ts";
import { ReviewComments } from "./review-comments.tsx";
import { publicationKey, usePublication } from "./use-publication.ts";

/** What became of what was published last: request, checks, reviews. */
export function PublicationStatus({ sessionId }: { sessionId: string }) {
  const publication = usePublication(sessionId, true);
  const { data } = publication;
  if (publication.isPending) return <Skeleton className="h-12" />;
  if (data === undefined) {
    return (
      <p role="alert" className="flex items-center gap-2 text-sm text-muted">
        <span className="min-w-0 grow">
          Couldn't load the pull request.{" "}
          {isConnectionError(publication.error) ? "The server can't be reached." : publication.error?.message}
        </span>
        <Button size="small" onClick={() => void publication.refetch()}>
          Retry
        </Button>
      </p>
    );
  }
  const { request, published, checks, comments, feedback } = data;
  return (
    <div className="flex flex-col gap-2 text-sm">
      <div className="flex items-start gap-2">
        {request === null ? (
          <p className="min-w-0 grow [overflow-wrap:anywhere]">
            {published === null ? "Nothing is published." : "Published as "}
            {published !== null && (
              <code className="font-mono text-code">{revealHidden(published.branch)}</code>
            )}
          </p>
        ) : (
          <RequestLine request={request} />
        )}
        <IconButton
          small
          icon={RotateCw}
          label="Reload"
          disabled={publication.isFetching}
          onClick={() => void publication.refetch()}
        />
      </div>
      {publication.isRefetchError && (
        <p role="alert" className="text-xs text-muted">
          Couldn't refresh: this is from {moment(publication.dataUpdatedAt)}.
        </p>
      )}
      {checks.length > 0 && <Checks checks={checks} />}
      {comments.length > 0 && <ReviewComments comments={comments} />}
      {feedback !== null && <BringBack sessionId={sessionId} feedback={feedback} />}
    </div>
  );
}

type Look = { icon: LucideIcon; word: string; color: string };

const STATES: Readonly<Record<string, Look>> = {
  open: { icon: GitPullRequest, word: "Open", color: "text-done" },
  merged: { icon: GitMerge, word: "Merged", color: "text-runs" },
  closed: { icon: CircleX, word: "Closed", color: "text-failed" },
} satisfies Record<NonNullable<Publication["request"]>["state"], Look>;

function RequestLine({ request }: { request: NonNullable<Publication["request"]> }) {
  const {
    icon: Icon,
    word,
    color,
  } = STATES[request.state] ?? {
    icon: GitPullRequest,
    word: request.state,
    color: "",
  };
  return (
    <p className="flex min-w-0 grow items-start gap-2">
      <Icon aria-hidden className={`mt-0.5 size-4 shrink-0 ${color}`} strokeWidth={1.75} />
      <span className="min-w-0 [overflow-wrap:anywhere]">
        <span className={`mr-1.5 ${color}`}>{request.draft ? `${word}, draft` : word}</span>
        <span className="text-accent hover:underline">
          <TextLink address={request.url}>
            {revealHidden(request.title)} #{request.number}
          </TextLink>
        </span>
        <span className="block text-xs text-muted">
          <code className="font-mono">{revealHidden(request.branch)}</code> into{" "}
          <code className="font-mono">{revealHidden(request.base)}</code>
        </span>
      </span>
    </p>
  );
}

const CHECKS: Readonly<Record<string, Look>> = {
  pending: { icon: CircleDot, word: "Pending", color: "text-runs" },
  passed: { icon: CircleCheck, word: "Passed", color: "text-done" },
  failed: { icon: CircleX, word: "Failed", color: "text-failed" },
  skipped: { icon: CircleDashed, word: "Skipped", color: "text-canceled" },
} satisfies Record<Check["state"], Look>;
/** What needs attention first. */
const ORDER = ["failed", "pending", "passed", "skipped"] as const;
const MAX_SHOWN = 20;

function Checks({ checks }: { checks: readonly Check[] }) {
  const sorted = checks.toSorted((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state));
  return (
    <ul aria-label="Checks">
      {sorted.slice(0, MAX_SHOWN).map((check) => {
        const {
          icon: Icon,
          word,
          color,
        } = CHECKS[check.state] ?? {
          icon: CircleDot,
          word: check.state,
          color: "",
        };
        return (
          <li key={check.id} className="flex min-h-6 items-center gap-2 text-xs">
            <Icon aria-hidden className={`size-3.5 shrink-0 ${color}`} strokeWidth={2} />
            <span className={`shrink-0 ${color}`}>{word}</span>
            <span className="min-w-0 truncate">
              {check.url === null ? (
                revealHidden(check.name)
              ) : (
                <TextLink address={check.url}>{revealHidden(check.name)}</TextLink>
              )}
            </span>
          </li>
        );
      })}
      {sorted.length > MAX_SHOWN && (
        <li className="text-xs text-faint">{plural(sorted.length - MAX_SHOWN, "more check")}</li>
      )}
    </ul>
  );
}

type Feedback = NonNullable<Publication["feedback"]>;

/**
 * Failed checks and review comments as the next prompt, which is shown first: others wrote it. What they add meanwhile is no
 * part of it until it was shown, too.
 */
function BringBack({ sessionId, feedback }: { sessionId: string; feedback: Feedback }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const [shown, show] = useState<Feedback | null>(null);
  const place = bringBackPlace(sessionId);
  const { text: note, draft } = useDraft(place);
  const bring = useMutation(
    trpc.session.bringBack.mutationOptions({
      onSuccess: () => {
        showToast("Sent to the agent");
        forgetDraft(place);
        show(null);
        void reload(queries, publicationKey(sessionId));
      },
    }),
  );
  if (shown === null) {
    return (
      <Button className="self-start" onClick={() => show(feedback)}>
        Bring back as prompt:{" "}
        {plural(feedback.items, "comment or failed check", "comments and failed checks")}…
      </Button>
    );
  }
  const isOld = shown.digest !== feedback.digest;
  return (
    <div className="flex flex-col gap-2">
      <pre
        tabIndex={0}
        aria-label="Prompt"
        className="max-h-48 overflow-auto rounded-md border border-line bg-background px-2.5 py-1.5 font-mono text-code [overflow-wrap:anywhere] whitespace-pre-wrap"
      >
        {revealHidden(shown.prompt)}
      </pre>
      {isOld && (
        <p role="alert" className="flex flex-wrap items-center gap-2 text-sm text-waits">
          Comments or checks have changed since.
          <Button size="small" onClick={() => show(feedback)}>
            Show them
          </Button>
        </p>
      )}
      <Labeled label="Your note" hint="Optional. Others wrote the rest.">
        <input
          dir="auto"
          value={note}
          maxLength={4_000}
          autoComplete="off"
          placeholder="Fix what the reviewers found"
          onChange={(event) => draft.write(event.target.value)}
          className={FIELD}
        />
      </Labeled>
      {bring.isError && (
        <p role="alert" className="text-sm text-failed">
          {isConnectionError(bring.error)
            ? "No answer came, so it may have been sent: look at the session first."
            : bring.error.message}
        </p>
      )}
      <div className="flex gap-2">
        <Button
          look="primary"
          disabled={bring.isPending || isOld}
          onClick={() =>
            bring.mutate({
              sessionId,
              digest: shown.digest,
              ...(note.trim() !== "" && { note: note.trim() }),
            })
          }
        >
          Send to the agent
        </Button>
        <Button
          look="quiet"
          onClick={() => {
            forgetDraft(place);
            show(null);
          }}
        >
          Cancel
        </Button>
      </div>
    </div>
  );
}
