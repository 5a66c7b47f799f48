import * as fc from "fast-check";
import { expect, it } from "vitest";
import { MODEL_TEST_TIMEOUT_MS, tryModel } from "../store/testing/model-runs.ts";
import { TemporaryDirectory } from "../store/testing/temporary-directory.ts";
import { logCommands } from "./testing/log-commands.ts";
import type { LogModel } from "./testing/log-model.ts";
import { LogUnderTest } from "./testing/log-under-test.ts";

it(
  "is an array of events per session, for readers and followers, whatever happens to it",
  async () => {
    await using directory = await TemporaryDirectory.create();
    // One store for all: every run has sessions of its own.
    await using real = await LogUnderTest.open(directory.join("db"));
    const commands = fc.commands(logCommands(), { maxCommands: 60, size: "max" });
    const property = fc.asyncProperty(commands, async (sequence) => {
      const model: LogModel = { sessions: [] };
      await real.forgetFollowers();
      await fc.asyncModelRun(() => ({ model, real }), sequence);
      for (const follower of real.followers) {
        const session = model.sessions.find(({ id }) => id === follower.sessionId);
        await follower.catchUp(session?.lastSeq ?? 0);
        follower.assertEquals(session?.events ?? []);
      }
    });
    expect(await tryModel("log model", property)).toBeGreaterThan(0);
  },
  MODEL_TEST_TIMEOUT_MS,
);
