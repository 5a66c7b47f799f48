import { PostgresServer } from "@trunkline/testkit";
import { expect, it } from "vitest";
import { losablePostgres } from "../store/testing/losable-store.ts";
import { MODEL_TEST_TIMEOUT_MS } from "../store/testing/model-runs.ts";
import { tryLogModel } from "./testing/try-log-model.ts";

it(
  "is an array of events per session on PostgreSQL, too",
  async () => {
    await using server = await PostgresServer.start();
    expect(await tryLogModel("log model, PostgreSQL", await losablePostgres(server))).toBeGreaterThan(0);
  },
  MODEL_TEST_TIMEOUT_MS,
);
