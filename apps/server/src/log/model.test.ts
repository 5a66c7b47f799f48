import { expect, it } from "vitest";
import { losableSqlite } from "../store/testing/losable-store.ts";
import { MODEL_TEST_TIMEOUT_MS } from "../store/testing/model-runs.ts";
import { TemporaryDirectory } from "../store/testing/temporary-directory.ts";
import { tryLogModel } from "./testing/try-log-model.ts";

it(
  "is an array of events per session, for readers and followers, whatever happens to it",
  async () => {
    await using directory = await TemporaryDirectory.create();
    const store = await losableSqlite(directory.join("db"));
    expect(await tryLogModel("log model", store)).toBeGreaterThan(0);
  },
  MODEL_TEST_TIMEOUT_MS,
);
