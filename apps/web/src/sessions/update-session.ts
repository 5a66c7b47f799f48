import type { TrunklineClient } from "@trunkline/client";
import { apiClient } from "../api/api-client.ts";

type Change = Parameters<TrunklineClient["session"]["update"]["mutate"]>[0];
type Changed = Awaited<ReturnType<TrunklineClient["session"]["update"]["mutate"]>>;

/** Changes that are on their way, by session: the last of each. */
const underway = new Map<string, Promise<void>>();

/** Changes a session, one change after another: one that overtook another would be undone by it. @throws what the API throws */
export function updateSession(change: Change): Promise<Changed> {
  const { sessionId } = change;
  const changed = whenUpdated(sessionId).then(() => apiClient.session.update.mutate(change));
  const settled = changed.then(
    () => {},
    () => {},
  );
  underway.set(sessionId, settled);
  void settled.then(() => {
    if (underway.get(sessionId) === settled) underway.delete(sessionId);
  });
  return changed;
}

/** Resolves once no change of the session is on its way: what is sent to it then finds what was chosen before. */
export const whenUpdated = (sessionId: string): Promise<void> => underway.get(sessionId) ?? Promise.resolve();
