import { pino } from "pino";
import { afterAll, beforeAll } from "vitest";
import { describeStore } from "../store-conformance.ts";
import { type PostgresCluster, startPostgresCluster } from "../testing/postgres-cluster.ts";
import { openPostgresStore } from "./postgres-store.ts";

let cluster: PostgresCluster;
beforeAll(async () => {
  cluster = await startPostgresCluster();
});
afterAll(async () => {
  await cluster[Symbol.asyncDispose]();
});

describeStore("PostgreSQL", async () => {
  const url = await cluster.createDatabase();
  return {
    open: async () =>
      openPostgresStore({ url, node: "test", now: Date.now, logger: pino({ level: "silent" }) }),
    // The database goes with its cluster.
    [Symbol.asyncDispose]: async () => undefined,
  };
});
