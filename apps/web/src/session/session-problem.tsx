import { isApiError } from "@trunkline/client";
import Link from "next/link";
import { PageHeader } from "../shell/page-header.tsx";
import { useCurrentSession, useSessionState } from "../session-stream/use-open-session.ts";
import { Button, buttonClass } from "../ui/button.tsx";
import { Problem } from "../ui/problem.tsx";

/** In place of a session that cannot be shown. */
export function SessionProblem() {
  const session = useCurrentSession();
  const error = useSessionState((state) => state.error);
  const isGone = isApiError(error, "not_found") || isApiError(error, "validation_failed");
  return (
    <>
      <PageHeader>
        <h1 className="text-sm font-medium">Session</h1>
      </PageHeader>
      <main className="grow">
        {isGone ? (
          <Problem
            title="There is no such session"
            detail="It may have been deleted, or it belongs to somebody else."
            action={
              <Link href="/" className={buttonClass()}>
                Start a task
              </Link>
            }
          />
        ) : (
          <Problem
            title="The session could not be loaded"
            detail={`${error?.message ?? "The server did not answer."} What runs there goes on meanwhile.`}
            action={<Button onClick={() => session.open()}>Try again</Button>}
          />
        )}
      </main>
    </>
  );
}
