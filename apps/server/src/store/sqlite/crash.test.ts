import { expect, it } from "vitest";
import { AppendLedger, readSession } from "../testing/append-ledger.ts";
import { TemporaryDirectory } from "../testing/temporary-directory.ts";
import { databasePath } from "./database-path.ts";
import { openSqliteStore } from "./sqlite-store.ts";

// Three kills of real processes at different moments; `pnpm crash` kills whole servers by the hundred.
it.each([1, 500, 3_000])(
  "has all that was acknowledged, whole, after a kill at the append number %i",
  async (count) => {
    await using directory = await TemporaryDirectory.create();
    await using ledger = new AppendLedger(directory.path);
    await ledger.reaches(count);
    await ledger.kill();
    const store = await openSqliteStore({
      path: databasePath(directory.path),
      now: Date.now,
      uncleanStop: true,
      onFatal(error) {
        throw error;
      },
    });
    for (const [sessionId, acknowledged] of ledger.entries()) {
      const stored = await readSession(store, sessionId);
      expect([...stored].filter(([seq]) => acknowledged.has(seq))).toEqual([...acknowledged]);
      // Appends in flight may be stored or not, but then at the end of the log, without a gap.
      expect([...stored.keys()]).toEqual(Array.from({ length: stored.size }, (_, index) => index + 1));
      expect(stored.size - acknowledged.size).toBeLessThanOrEqual(1 + MESSAGES_IN_THE_PIPE);
    }
    await store.close();
  },
);

/** Of one session: acknowledged by the store, but not yet received by the parent when it killed. */
const MESSAGES_IN_THE_PIPE = 1_000;
