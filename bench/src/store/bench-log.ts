import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { SessionEvent } from "@trunkline/contract";
import { createActivity } from "../../../apps/server/src/activity/activity.ts";
import { createHub } from "../../../apps/server/src/hub/hub.ts";
import { createLog } from "../../../apps/server/src/log/log.ts";
import type { Log } from "../../../apps/server/src/log/port.ts";
import type { Store } from "../../../apps/server/src/store/port.ts";
import { openSqliteStore } from "../../../apps/server/src/store/sqlite/sqlite-store.ts";

/** The server's store and log on a database of their own. */
export class BenchLog implements AsyncDisposable {
  readonly store: Store;
  readonly log: Log;

  private constructor(store: Store) {
    this.store = store;
    this.log = createLog({ store, hub: createHub(), activity: createActivity() });
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

  /** @returns the ids of new sessions. */
  async createSessions(count: number): Promise<string[]> {
    const ids = Array.from({ length: count }, () => randomUUID());
    await Promise.all(
      ids.map(async (id) => {
        const { sql, parameters } = this.store.db
          .insertInto("sessions")
          .values({
            id,
            owner_id: id.slice(0, 2),
            title: "A session of the benchmark",
            agent: "default",
            workspace: `/var/lib/trunkline/workspaces/${id}`,
            last_seq: 0,
            next_pos: 1,
            created_at: Date.now(),
            updated_at: Date.now(),
          })
          .compile();
        await this.store.write([{ sql, parameters }]);
      }),
    );
    return ids;
  }

  /** One event that a streaming model makes: a piece of a block. Every piece has its own block, so none merge. */
  async appendPiece(sessionId: string, block: string): Promise<SessionEvent[]> {
    return this.log.append({
      sessionId,
      events: [
        {
          taskId: null,
          attempt: 1,
          type: "text.delta",
          data: { blockId: block, text: " token" },
          blockId: block,
        },
      ],
    });
  }

  async appendMany(sessionId: string, count: number): Promise<SessionEvent[]> {
    return this.log.append({
      sessionId,
      events: Array.from({ length: count }, (_, index) => ({
        taskId: null,
        attempt: 1,
        type: "text.delta" as const,
        data: { blockId: `b${index}`, text: " token" },
        blockId: `b${index}`,
      })),
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.store.close();
  }
}
