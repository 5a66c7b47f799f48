import { expect, it } from "vitest";
import { losableSqlite } from "../store/testing/losable-store.ts";
import { MODEL_TEST_TIMEOUT_MS } from "../store/testing/model-runs.ts";
import { TemporaryDirectory } from "../store/testing/temporary-directory.ts";
import { tryTaskModel } from "./testing/try-task-model.ts";

it(
  "is one queue and one running task per session, whatever happens to it; the log tells it, and followers hear it",
  async () => {
    await using directory = await TemporaryDirectory.create();
    let stores = 0;
    const runs = await tryTaskModel("task model", async () =>
      losableSqlite(directory.join(`db-${stores++}`)),
    );
    expect(runs).toBeGreaterThan(0);
  },
  MODEL_TEST_TIMEOUT_MS,
);
