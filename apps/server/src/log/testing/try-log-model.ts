import * as fc from "fast-check";
import { tryModel } from "../../store/testing/model-runs.ts";
import type { LosableStore } from "../../store/testing/losable-store.ts";
import { logCommands } from "./log-commands.ts";
import type { LogModel } from "./log-model.ts";
import { LogUnderTest } from "./log-under-test.ts";

/** An array of events per session, for readers and followers, whatever happens to it. */
export async function tryLogModel(what: string, store: LosableStore): Promise<number> {
  // One store for all: every run has sessions of its own.
  await using real = await LogUnderTest.open(store);
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
  return await tryModel(what, property);
}
