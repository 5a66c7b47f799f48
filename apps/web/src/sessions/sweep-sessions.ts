import { isApiError, type TrunklineClient } from "@trunkline/client";
import { apiClient } from "../api/api-client.ts";
import { forgetDeleted, keptSessionIds } from "../session-stream/kept-sessions.ts";
import { listedSessions } from "./use-sessions.ts";

/**
 * Removes the copies of sessions that were deleted while no page of this browser was there to be told. What can't be asked
 * now is asked by the next page.
 *
 * @param listed those that are known to exist
 */
export async function sweepSessions(
  client: TrunklineClient,
  listed: readonly { id: string }[],
): Promise<void> {
  const known = new Set(listed.map(({ id }) => id));
  const others = (await keptSessionIds()).filter((id) => !known.has(id));
  await Promise.all(
    others.map(async (sessionId) => {
      try {
        // Less than the session itself would be.
        await client.session.events.query({ sessionId, after: 0, limit: 1 });
      } catch (error) {
        if (isApiError(error, "not_found")) await forgetDeleted(sessionId);
      }
    }),
  );
}

/** The same, once the list is there. */
export async function sweepListed(): Promise<void> {
  const { sessions, isLoading, error } = listedSessions();
  if (!isLoading && error === null) await sweepSessions(apiClient, sessions);
}
