import { useState } from "react";
import { useDraft } from "../composer/use-draft.ts";
import { useCurrentSession, useSessionState } from "../session-stream/use-open-session.ts";
import { Skeleton } from "../ui/skeleton.tsx";
import { PublicationStatus } from "./publication-status.tsx";
import { publishPlace } from "./publish-draft.ts";
import { PublishForm } from "./publish-form.tsx";
import { usePublication } from "./use-publication.ts";

/** Takes the session's work out: as a branch, a request to merge it, or a patch; and what became of it. */
export function PublishPanel({ close }: { close: () => void }) {
  const { sessionId } = useCurrentSession();
  const hasLoaded = useSessionState(({ view }) =>
    view.events.some(({ type }) => type === "session.published"),
  );
  // It may have been published before what is loaded of the session.
  const isUnknown = useSessionState(({ older }) => older !== "none") && !hasLoaded;
  const publication = usePublication(sessionId, isUnknown);
  const hasPublished = hasLoaded || (publication.data?.published ?? null) !== null;
  const [isAgain, setIsAgain] = useState(false);
  // Somebody else may publish meanwhile: what is being written stays.
  const isWritten = useDraft(publishPlace(sessionId)).text !== "";
  return (
    <section
      aria-label="Publish"
      className="max-h-[60%] shrink-0 overflow-y-auto border-b border-line bg-surface px-4 py-3"
    >
      {hasPublished && <PublicationStatus sessionId={sessionId} />}
      {isUnknown && publication.isPending ? (
        <Skeleton className="h-12" />
      ) : hasPublished && !isAgain && !isWritten ? (
        <div className="mt-3 flex gap-2">
          <button
            type="button"
            onClick={() => setIsAgain(true)}
            className="rounded text-sm text-accent hover:underline"
          >
            Publish again…
          </button>
          <button
            type="button"
            onClick={close}
            className="ml-auto rounded text-sm text-muted hover:text-text"
          >
            Close
          </button>
        </div>
      ) : (
        <div className={hasPublished ? "mt-3 border-t border-line pt-3" : undefined}>
          <PublishForm
            sessionId={sessionId}
            onPublished={() => setIsAgain(false)}
            close={hasPublished ? () => setIsAgain(false) : close}
          />
        </div>
      )}
    </section>
  );
}
