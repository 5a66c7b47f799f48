import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeStore } from "../store-conformance.ts";
import { openSqliteStore } from "./sqlite-store.ts";

describeStore("SQLite", async () => {
  const directory = await mkdtemp(join(tmpdir(), "trunkline-store-"));
  return {
    open: async () =>
      openSqliteStore({
        path: join(directory, "trunkline.db"),
        now: Date.now,
        onFatal(error) {
          throw error;
        },
      }),
    async [Symbol.asyncDispose]() {
      await rm(directory, { recursive: true, force: true });
    },
  };
});
