import type { Session } from "@trunkline/contract";
import { useEffect, useRef } from "react";
import { CardFrame } from "../approvals/card-frame.tsx";
import { RequestCard } from "../approvals/request-card.tsx";
import { useUnsentWords } from "../approvals/unsent-words.ts";
import { useAnswer } from "../approvals/use-answer.ts";
import { AppLink } from "../navigation/app-link.tsx";
import { useProjectName } from "../projects/use-projects.ts";
import { plural } from "../text/quantity.ts";
import { revealHidden } from "../text/reveal-hidden.ts";
import { Button } from "../ui/button.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { type OpenRequest, useOpenRequests } from "./use-open-requests.ts";

/** More would bury what runs; answered ones make room. */
const MAX_CARDS = 10;

/** Everything that waits for the user, answered in place. Renders nothing if nothing does. */
export function NeedsYou({ sessions }: { sessions: readonly Session[] }) {
  const { requests, isLoading, error, retry } = useOpenRequests(sessions);
  useUnsentWords(
    isLoading || error !== null
      ? null
      : requests.map(({ request, session }) => ({ request, sessionId: session?.id ?? null })),
    false,
  );
  const list = useRef<HTMLUListElement>(null);
  const hadFocus = useRef(false);
  const ids = requests.map(({ request }) => request.approvalId).join(" ");
  useEffect(() => {
    const note = ({ target }: FocusEvent): void => {
      hadFocus.current = list.current?.contains(target as Node) === true;
    };
    document.addEventListener("focusin", note);
    return () => document.removeEventListener("focusin", note);
  }, []);
  useEffect(() => {
    // The answered card has taken the focus with it. No card takes a key right after the page moved the focus.
    if (!hadFocus.current || document.activeElement !== document.body) return;
    const next = list.current?.querySelector<HTMLElement>("[data-request]");
    (next ?? document.querySelector<HTMLElement>("[data-inbox-row]"))?.focus();
  }, [ids]);
  if (error !== null) {
    return (
      <section aria-label="Requests" className="mt-8">
        <div
          role="alert"
          className="flex items-center gap-3 rounded-lg border border-line px-3.5 py-2.5 text-sm text-muted"
        >
          <span className="min-w-0 grow">Couldn't load what waits for you. {error.message}</span>
          <Button size="small" onClick={retry}>
            Retry
          </Button>
        </div>
      </section>
    );
  }
  if (requests.length === 0 && !isLoading) return null;
  const more = requests.length - MAX_CARDS;
  return (
    <section aria-label="Requests" className="mt-8">
      <h2 className="mb-1.5 px-1 text-xs font-medium text-faint">Needs you</h2>
      {isLoading && <Skeleton className="h-36 rounded-xl" />}
      <ul ref={list} className="flex flex-col gap-2">
        {requests.slice(0, MAX_CARDS).map((request) => (
          <li key={request.request.approvalId}>
            <InboxRequest {...request} />
          </li>
        ))}
      </ul>
      {more > 0 && <p className="mt-2 px-1 text-xs text-muted">{plural(more, "more request")} after these</p>}
    </section>
  );
}

function InboxRequest({ request, session, isSubagents }: OpenRequest) {
  const answers = useAnswer(session?.id ?? null);
  const project = useProjectName(session?.projectId ?? null);
  return (
    <article
      tabIndex={-1}
      data-request={request.approvalId}
      aria-label={session === null ? "Request" : `Request of ${revealHidden(session.title)}`}
      className="animate-appear overflow-hidden rounded-xl border border-waits/45 bg-waits-soft"
    >
      {session !== null && (
        <p translate="no" className="flex min-w-0 items-center gap-1.5 px-3.5 pt-2 text-xs text-muted">
          <AppLink
            href={`/s/${session.id}`}
            dir="auto"
            className="min-w-0 truncate font-medium hover:text-text hover:underline"
          >
            {revealHidden(session.title)}
          </AppLink>
          {isSubagents && <span className="shrink-0">· a subagent</span>}
          {project !== null && <span className="min-w-0 truncate">· {revealHidden(project)}</span>}
        </p>
      )}
      <CardFrame request={request} place={1} count={1} next={() => undefined}>
        <RequestCard
          request={request}
          hasProject={(session?.projectId ?? null) !== null}
          isAnswering={answers.answering(request.approvalId)}
          answers={answers}
        />
      </CardFrame>
    </article>
  );
}
