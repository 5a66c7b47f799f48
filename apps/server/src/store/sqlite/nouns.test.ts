import { describeAccess } from "../nouns/access-conformance.ts";
import { describeMcpServers } from "../nouns/mcp-servers-conformance.ts";
import { describeProjects } from "../nouns/projects-conformance.ts";
import { describeAtOnce } from "../nouns/at-once-conformance.ts";
import { describeRules } from "../nouns/rules-conformance.ts";
import { describePushes } from "../nouns/pushes-conformance.ts";
import { describeShares } from "../nouns/shares-conformance.ts";
import { describeLedger } from "../../usage/testing/ledger-conformance.ts";
import { describeNouns, type NounsHarness } from "../nouns/nouns-conformance.ts";
import { TemporaryDirectory } from "../testing/temporary-directory.ts";
import { openSqliteStore } from "./sqlite-store.ts";
import { verifyDatabase } from "./verify-database.ts";

async function createHarness(): Promise<NounsHarness> {
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
    verify: async () => verifyDatabase(path),
    [Symbol.asyncDispose]: async () => directory[Symbol.asyncDispose](),
  };
}

describeNouns("SQLite", createHarness);
describeAccess("SQLite", createHarness);
describeProjects("SQLite", createHarness);
describeLedger("SQLite", createHarness);
describeMcpServers("SQLite", createHarness);
describeAtOnce("SQLite", createHarness);
describeRules("SQLite", createHarness);
describeShares("SQLite", createHarness);
describePushes("SQLite", createHarness);
