/** Fills a store for `trunkline migrate-store` to be measured with: DATA_DIR [SESSIONS] [TASKS]; README.md says how. */
import { mkdir } from "node:fs/promises";
import { databasePath } from "../../apps/server/src/store/sqlite/database-path.ts";
import { openSqliteStore } from "../../apps/server/src/store/sqlite/sqlite-store.ts";
import { seedSession } from "./scale/seed-session.ts";
import { SessionText } from "./scale/session-text.ts";

const [dataDir = "", sessions = "1000", tasks = "10"] = process.argv.slice(2);
if (dataDir === "") throw new Error("name a data directory that does not exist yet");
await mkdir(dataDir, { mode: 0o700 });
const store = await openSqliteStore({
  path: databasePath(dataDir),
  now: Date.now,
  onFatal(error) {
    throw error;
  },
});
const text = new SessionText(1);
const owner = { userId: "00000000-0000-7000-8000-00000000000a", name: "alice", scopes: [] };
let events = 0;
for (let index = 0; index < Number(sessions); index++) {
  events += (await seedSession(store, Number(tasks), { owner, text, lengths: { answer: 60, output: 40 } }))
    .lastSeq;
}
await store.close();
console.log(`${sessions} sessions, ${events} events in ${dataDir}`);
