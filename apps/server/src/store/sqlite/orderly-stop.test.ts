import { expect, it } from "vitest";
import { createSession, notice, readMessages } from "../testing/session-log.ts";
import { TemporaryDirectory } from "../testing/temporary-directory.ts";
import { openSqliteStore } from "./sqlite-store.ts";

const open = async (path: string) =>
  openSqliteStore({
    path,
    now: Date.now,
    onFatal(error) {
      throw error;
    },
  });

it("E5: stops in order while others go on committing: what was acknowledged is there, the rest is refused", async () => {
  await using directory = await TemporaryDirectory.create();
  const store = await open(directory.join("db"));
  const sessionId = await createSession(store);
  const acknowledged: string[] = [];
  const refused: unknown[] = [];
  let going = true;
  // Like a fork that copies a log, or a deletion: one commit after another.
  const busy = Array.from({ length: 5 }, async (_, writer) => {
    for (let index = 0; going; index++) {
      const message = `${writer} ${index}`;
      try {
        await store.append(sessionId, [notice(message)]);
        acknowledged.push(message);
      } catch (error) {
        refused.push(error);
        return;
      }
    }
  });
  while (acknowledged.length < 50) await new Promise(setImmediate);
  await store.close();
  going = false;
  await Promise.all(busy);
  expect(refused).toHaveLength(5);
  for (const error of refused) expect(error).toMatchObject({ reason: "unavailable" });
  const again = await open(directory.join("db"));
  expect((await readMessages(again, sessionId)).toSorted()).toEqual(acknowledged.toSorted());
  await again.close();
});
