import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeSubagentSessions } from "../nouns/subagent-sessions-conformance.ts";
import { describeSteering } from "../steering-conformance.ts";
import { describeStore, type StoreHarness } from "../store-conformance.ts";
import { describeTaskRows } from "../task-rows-conformance.ts";
import { openSqliteStore } from "./sqlite-store.ts";

async function createHarness(): Promise<StoreHarness> {
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
}

describeStore("SQLite", createHarness);
describeTaskRows("SQLite", createHarness);
describeSteering("SQLite", createHarness);
describeSubagentSessions("SQLite", createHarness);
