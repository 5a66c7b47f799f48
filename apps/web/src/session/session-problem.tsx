import { isApiError } from "@trunkline/client";
import { useEffect, useState } from "react";
import { moveDraft } from "../composer/draft.ts";
import { AppLink } from "../navigation/app-link.tsx";
import { PageHeader } from "../ui/page-header.tsx";
import { useCurrentSession, useSessionState } from "../session-stream/use-open-session.ts";
import { Button, buttonClass } from "../ui/button.tsx";
import { Problem } from "../ui/problem.tsx";

/** In place of a session that can't be shown. */
export function SessionProblem() {
  const session = useCurrentSession();
  const error = useSessionState((state) => state.error);
  const isGone = isApiError(error, "not_found") || isApiError(error, "validation_failed");
  const [hasWords, setHasWords] = useState(false);
  const { sessionId } = session;
  useEffect(() => {
    // Nobody would find it here again.
    if (isGone) void moveDraft(sessionId, "new").then((isMoved) => isMoved && setHasWords(true));
  }, [isGone, sessionId]);
  return (
    <>
      <PageHeader>
        <h1 className="text-sm font-medium">Session</h1>
      </PageHeader>
      <main className="grow">
        {isGone ? (
          <Problem
            title="Session not found"
            detail={`It was deleted or you don't have access.${hasWords ? " What you wrote is in the box of a new task." : ""}`}
            action={
              <AppLink href="/" className={buttonClass()}>
                New task
              </AppLink>
            }
          />
        ) : (
          <Problem
            title="Couldn't load this session"
            detail={`${error?.message ?? "The server did not answer."} Running tasks are not affected.`}
            action={<Button onClick={() => session.open()}>Retry</Button>}
          />
        )}
      </main>
    </>
  );
}
