import type { ActivityBatch, ActivityService, Principal } from "@trunkline/contract";
import type { Activity } from "../activity/port.ts";
import type { Store } from "../store/port.ts";
import { selectSessions, toSession } from "./session-query.ts";

/** Sessions read in one query; more changes at once come in several messages. */
const CHUNK = 200;

export function createActivityService({
  store,
  activity,
}: {
  store: Store;
  activity: Activity;
}): ActivityService {
  async function* subscribe(principal: Principal, signal: AbortSignal): AsyncGenerator<ActivityBatch, void> {
    const hints = activity.follow(principal.userId, signal);
    yield { sessions: [], removed: [], reset: true };
    for await (const { changed, removed } of hints) {
      if (removed.length > 0) yield { sessions: [], removed, reset: false };
      for (let start = 0; start < changed.length; start += CHUNK) {
        const rows = await selectSessions(store.db)
          .where("s.id", "in", changed.slice(start, start + CHUNK))
          .where("s.owner_id", "=", principal.userId)
          .execute();
        if (rows.length > 0) yield { sessions: rows.map(toSession), removed: [], reset: false };
      }
    }
  }

  return { subscribe };
}
