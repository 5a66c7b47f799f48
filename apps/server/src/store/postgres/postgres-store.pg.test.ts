import { PostgresServer } from "@trunkline/testkit";
import { pino } from "pino";
import { afterAll, beforeAll } from "vitest";
import { describeAccess } from "../nouns/access-conformance.ts";
import { describeMcpServers } from "../nouns/mcp-servers-conformance.ts";
import { describeProjects } from "../nouns/projects-conformance.ts";
import { describeAtOnce } from "../nouns/at-once-conformance.ts";
import { describeRules } from "../nouns/rules-conformance.ts";
import { describePushes } from "../nouns/pushes-conformance.ts";
import { describeShares } from "../nouns/shares-conformance.ts";
import { describeLedger } from "../../usage/testing/ledger-conformance.ts";
import { describeNouns, type NounsHarness } from "../nouns/nouns-conformance.ts";
import { describeSubagentSessions } from "../nouns/subagent-sessions-conformance.ts";
import { describeSteering } from "../steering-conformance.ts";
import { describeStore } from "../store-conformance.ts";
import { describeTaskRows } from "../task-rows-conformance.ts";
import { openPostgresStore } from "./postgres-store.ts";
import { verifyPostgres } from "./verify-postgres.ts";

let server: PostgresServer;
beforeAll(async () => {
  server = await PostgresServer.start();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

async function createHarness(): Promise<NounsHarness> {
  const url = await server.createDatabase();
  return {
    open: async () =>
      openPostgresStore({ url, node: "test", now: Date.now, logger: pino({ level: "silent" }) }),
    verify: async () => verifyPostgres(url),
    // The database goes with its server.
    [Symbol.asyncDispose]: async () => undefined,
  };
}

describeStore("PostgreSQL", createHarness);
describeTaskRows("PostgreSQL", createHarness);
describeNouns("PostgreSQL", createHarness);
describeAccess("PostgreSQL", createHarness);
describeProjects("PostgreSQL", createHarness);
describeLedger("PostgreSQL", createHarness);
describeMcpServers("PostgreSQL", createHarness);
describeSteering("PostgreSQL", createHarness);
describeSubagentSessions("PostgreSQL", createHarness);
describeAtOnce("PostgreSQL", createHarness);
describeRules("PostgreSQL", createHarness);
describeShares("PostgreSQL", createHarness);
describePushes("PostgreSQL", createHarness);
