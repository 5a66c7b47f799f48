import { describeOutbox } from "../outbox-conformance.ts";
import { readRows } from "../testing/raw-rows.ts";
import { TemporaryDirectory } from "../testing/temporary-directory.ts";
import { openSqliteStore } from "./sqlite-store.ts";

describeOutbox("SQLite", async () => {
  const directory = await TemporaryDirectory.create();
  const path = directory.join("db");
  return {
    open: async () =>
      openSqliteStore({
        path,
        now: Date.now,
        onFatal(error) {
          throw error;
        },
      }),
    entries: async () => readRows(path, "outbox").length,
    [Symbol.asyncDispose]: async () => directory[Symbol.asyncDispose](),
  };
});
