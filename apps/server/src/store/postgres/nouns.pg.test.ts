import { pino } from "pino";
import { afterAll, beforeAll } from "vitest";
import { describeNouns } from "../nouns/nouns-conformance.ts";
import { type PostgresCluster, startPostgresCluster } from "../testing/postgres-cluster.ts";
import { openPostgresStore } from "./postgres-store.ts";
import { verifyPostgres } from "./verify-postgres.ts";

let cluster: PostgresCluster;
beforeAll(async () => {
  cluster = await startPostgresCluster();
});
afterAll(async () => {
  await cluster[Symbol.asyncDispose]();
});

describeNouns("PostgreSQL", async () => {
  const url = await cluster.createDatabase();
  return {
    open: async () =>
      openPostgresStore({ url, node: "test", now: Date.now, logger: pino({ level: "silent" }) }),
    verify: async () => verifyPostgres(url),
    [Symbol.asyncDispose]: async () => undefined,
  };
});
