import { PostgresServer } from "@trunkline/testkit";
import { expect, it } from "vitest";
import { losablePostgres } from "../store/testing/losable-store.ts";
import { MODEL_TEST_TIMEOUT_MS } from "../store/testing/model-runs.ts";
import { tryTaskModel } from "./testing/try-task-model.ts";

it(
  "is one queue and one running task per session on PostgreSQL, too",
  async () => {
    await using server = await PostgresServer.start();
    const runs = await tryTaskModel("task model, PostgreSQL", async () => losablePostgres(server));
    expect(runs).toBeGreaterThan(0);
  },
  MODEL_TEST_TIMEOUT_MS,
);
