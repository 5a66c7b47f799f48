/**
 * A process that appends to its sessions as fast as appends are acknowledged, and reports each to its parent. Fork it
 * with a data directory.
 */
import { lockDataDir } from "../sqlite/data-dir-lock.ts";
import { databasePath } from "../sqlite/database-path.ts";
import { openSqliteStore } from "../sqlite/sqlite-store.ts";
import { createSession, notice } from "./session-log.ts";

export interface Acknowledged {
  sessionId: string;
  seq: number;
  message: string;
}

const SESSIONS = 20;

const [dataDir] = process.argv.slice(2);
if (dataDir === undefined || process.send === undefined) throw new Error("to be forked, with a directory");
process.once("disconnect", () => process.exit());

await lockDataDir(dataDir);
const store = await openSqliteStore({
  path: databasePath(dataDir),
  now: Date.now,
  onFatal(error) {
    throw error;
  },
});
await Promise.all(Array.from({ length: SESSIONS }, async () => append(await createSession(store))));

async function append(sessionId: string): Promise<never> {
  for (let index = 0; ; index++) {
    const message = `${sessionId} ${index} ${"x".repeat(index % 2_000)}`;
    const [event] = await store.append(sessionId, [notice(message)]);
    if (event === undefined) throw new Error("a commit without its event");
    const acknowledged: Acknowledged = { sessionId, seq: event.seq, message };
    process.send?.(acknowledged);
  }
}
