import { join } from "node:path";
import type { SessionEvent } from "@trunkline/contract";
import { createActivity } from "../../../apps/server/src/activity/activity.ts";
import { noHints } from "../../../apps/server/src/hints/no-hints.ts";
import { Relay } from "../../../apps/server/src/hints/relay.ts";
import { createHub } from "../../../apps/server/src/hub/hub.ts";
import { createLog } from "../../../apps/server/src/log/log.ts";
import type { Log } from "../../../apps/server/src/log/port.ts";
import { newSession } from "../../../apps/server/src/services/new-session.ts";
import type { Store } from "../../../apps/server/src/store/port.ts";
import { openSqliteStore } from "../../../apps/server/src/store/sqlite/sqlite-store.ts";

/** The server's store and log on a database of their own. */
export class BenchLog implements AsyncDisposable {
  readonly store: Store;
  readonly log: Log;

  /** @param store closed with this. */
  constructor(store: Store) {
    this.store = store;
    const hub = createHub();
    const logger = console;
    const announcer = new Relay({
      store,
      hub,
      hints: noHints,
      activity: createActivity(),
      onMissed: () => undefined,
      logger,
    });
    this.log = createLog({ store, hub, announcer, redact: (event) => event });
  }

  static async open(directory: string): Promise<BenchLog> {
    const store = await openSqliteStore({
      path: join(directory, "trunkline.db"),
      now: Date.now,
      onFatal(error) {
        throw error;
      },
    });
    return new BenchLog(store);
  }

  /** @returns the ids of new sessions, made as the server makes them. */
  async createSessions(count: number): Promise<string[]> {
    const sessions = Array.from({ length: count }, () =>
      newSession({ title: "A session of the benchmark", model: null }),
    );
    await Promise.all(
      sessions.map(async ({ id, event }, index) =>
        this.log.append(id, [event], { ownerId: `owner ${index % 100}` }),
      ),
    );
    return sessions.map(({ id }) => id);
  }

  /** One event that a streaming model makes: a piece of a block. Every piece has its own block, so none merge. */
  async appendPiece(sessionId: string, block: string): Promise<SessionEvent[]> {
    return this.log.append(sessionId, [
      { taskId: null, attempt: 1, type: "text.delta", data: { blockId: block, text: " token" } },
    ]);
  }

  async appendMany(sessionId: string, count: number): Promise<SessionEvent[]> {
    return this.log.append(
      sessionId,
      Array.from({ length: count }, (_, index) => ({
        taskId: null,
        attempt: 1,
        type: "text.delta" as const,
        data: { blockId: `b${index}`, text: " token" },
      })),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.store.close();
  }
}
