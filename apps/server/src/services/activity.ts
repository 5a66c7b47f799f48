import type { ActivityBatch, ActivityService, Principal } from "@trunkline/contract";
import type { Activity } from "../activity/port.ts";
import type { Store } from "../store/port.ts";
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
        const sessions = await store.sessions.several(principal.userId, changed.slice(start, start + CHUNK));
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
