import { SessionDocument, SessionEvent } from "@trunkline/contract/schemas";

/** Events are validated as session events; the session's id does not matter. */
const ANY_SESSION_ID = "00000000-0000-7000-8000-000000000000";

/**
 * Validates a document like the server, so that a dry run reports what would be refused.
 *
 * @returns what is wrong with it; null if nothing
 */
export function faultOf(document: SessionDocument): string | null {
  const parsed = SessionDocument.safeParse(document);
  if (!parsed.success) return firstIssue("document", parsed.error);
  for (const event of document.events) {
    const checked = SessionEvent.safeParse({ ...event, sessionId: ANY_SESSION_ID });
    if (!checked.success) return firstIssue(`event ${event.seq}`, checked.error);
  }
  return null;
}

function firstIssue(
  what: string,
  { issues }: { issues: readonly { path: PropertyKey[]; message: string }[] },
): string {
  const issue = issues[0];
  return issue === undefined ? what : `${[what, ...issue.path].map(String).join(".")}: ${issue.message}`;
}
