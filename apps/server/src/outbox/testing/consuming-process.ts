/**
 * A process that consumes notices, and reports each to its parent. It stores no cursor for the one that says `die`:
 * there it waits to be killed. Fork it with a database's path.
 */
import { pino } from "pino";
import { openSqliteStore } from "../../store/sqlite/sqlite-store.ts";
import { createOutbox } from "../outbox.ts";

const [path] = process.argv.slice(2);
if (path === undefined || process.send === undefined) throw new Error("to be forked, with a path");
process.once("disconnect", () => process.exit());

const store = await openSqliteStore({
  path,
  now: Date.now,
  onFatal(error) {
    throw error;
  },
});
const outbox = createOutbox({
  store: store.outbox,
  consumers: [
    {
      name: "notices",
      types: ["notice"],
      async handle(entries) {
        for (const { id, sessionId, seq } of entries) {
          process.send?.(id);
          const { events } = await store.events.page(sessionId, { after: seq - 1, limit: 1 });
          const [event] = events;
          if (event?.type === "notice" && event.data.message === "die") await new Promise(() => undefined);
        }
      },
    },
  ],
  logger: pino({ level: "silent" }),
  now: Date.now,
});
await outbox.start();
