import type { ActivityBatch, ActivityService, Principal } from "@trunkline/contract";
import type { Activity } from "../activity/port.ts";
import type { Store, StoredSession } from "../store/port.ts";
import { toSession } from "./session-view.ts";

/** Sessions per query; more changes at once are sent in several messages. */
const CHUNK = 200;

export function createActivityService({
  store,
  activity,
  dataDir,
}: {
  store: Store;
  activity: Activity;
  dataDir: string;
}): ActivityService {
  async function* subscribe(principal: Principal, signal: AbortSignal): AsyncGenerator<ActivityBatch, void> {
    const hints = activity.follow(principal.userId, signal);
    yield { sessions: [], removed: [], reset: true };
    for await (const { changed, removed, reset } of hints) {
      if (reset) yield { sessions: [], removed: [], reset };
      if (removed.length > 0) yield { sessions: [], removed, reset: false };
      for (let start = 0; start < changed.length; start += CHUNK) {
        const chunk = changed.slice(start, start + CHUNK);
        const sessions = await withoutSubagents(store, principal.userId, chunk);
        if (sessions.length > 0) {
          yield {
            sessions: sessions.map((session) => toSession(dataDir, session)),
            removed: [],
            reset: false,
          };
        }
      }
    }
  }

  return { subscribe };
}

/** A subagent's session is in no list: what happens in it is news of the session at the top. */
async function withoutSubagents(
  { sessions }: Pick<Store, "sessions">,
  ownerId: string,
  changed: readonly string[],
): Promise<StoredSession[]> {
  const found = await sessions.several(ownerId, changed);
  const shown = found.filter(({ parent }) => parent === undefined);
  const known = new Set(shown.map(({ id }) => id));
  const roots = found.flatMap(({ parent }) => parent?.rootSessionId ?? []).filter((id) => !known.has(id));
  return roots.length === 0 ? shown : [...shown, ...(await sessions.several(ownerId, [...new Set(roots)]))];
}
