import { expect, it } from "vitest";
import type { StoreUnavailableError } from "../port.ts";
import { createSession, notice, readMessages } from "../testing/session-log.ts";
import { TemporaryDirectory } from "../testing/temporary-directory.ts";
import { openSqliteStore, SqliteStore } from "./sqlite-store.ts";

const DYING_WRITER = new URL("../testing/dying-writer.ts", import.meta.url);
const FAILING_FSYNC_WRITER = new URL("../testing/failing-fsync-writer.ts", import.meta.url);

it.each(["please exit before", "please throw"])(
  "rejects what waits and what comes later when the writer thread dies (%s), and says so once",
  async (message) => {
    await using directory = await TemporaryDirectory.create();
    const options = { path: directory.join("db"), now: Date.now };
    const first = await openSqliteStore({ ...options, onFatal: neverFatal });
    const sessionId = await createSession(first);
    await first.append(sessionId, [notice("acknowledged")]);
    await first.close();

    const fatal = new FatalErrors();
    const store = await SqliteStore.open({ ...options, onFatal: fatal.add }, DYING_WRITER);
    await store.append(sessionId, [notice("acknowledged too")]);
    const commits = [message, "in its batch"].map(async (text) => store.append(sessionId, [notice(text)]));
    await new Promise(setImmediate);
    commits.push(store.append(sessionId, [notice("in the next batch, or still in this one")]));
    // A thread that throws may still answer its current batch.
    const acknowledged = [];
    for (const commit of await Promise.allSettled(commits)) {
      if (commit.status === "fulfilled") acknowledged.push(...commit.value);
      else expect(commit.reason).toMatchObject({ reason: "unavailable" });
    }
    await expect(store.append(sessionId, [notice("late")])).rejects.toMatchObject({
      reason: "unavailable",
    });
    expect(fatal.errors).toHaveLength(1);
    const stored = await readMessages(store, sessionId);
    expect(stored).toEqual(expect.arrayContaining(["acknowledged", "acknowledged too"]));
    expect(stored.length).toBeGreaterThanOrEqual(2 + acknowledged.length);
    await store.close();
  },
);

it("says at once that the writer thread has died, also where nobody commits", async () => {
  await using directory = await TemporaryDirectory.create();
  const path = directory.join("db");
  await (await openSqliteStore({ path, now: Date.now, onFatal: neverFatal })).close();
  const { promise, resolve } = Promise.withResolvers<StoreUnavailableError>();
  const script = new URL(`data:text/javascript,${encodeURIComponent(IDLE_DEATH)}`);
  const store = await SqliteStore.open({ path, now: Date.now, onFatal: resolve }, script);
  expect(await promise).toMatchObject({ reason: "unavailable" });
  await store.close();
});

const IDLE_DEATH = `
  import { parentPort } from "node:worker_threads";
  parentPort.postMessage({ type: "ready" });
  setTimeout(() => process.exit(0), 20);
`;

// SQLite's response to a failed fsync is taken from its sources; a thread that responds like that stands in for it.
it("never tries a failed fsync again: commits are over, fatally", async () => {
  await using directory = await TemporaryDirectory.create();
  const path = directory.join("db");
  const first = await openSqliteStore({ path, now: Date.now, onFatal: neverFatal });
  const sessionId = await createSession(first);
  await first.close();
  const fatal = new FatalErrors();
  const store = await SqliteStore.open({ path, now: Date.now, onFatal: fatal.add }, FAILING_FSYNC_WRITER);
  for (let attempt = 0; attempt < 3; attempt++) {
    await expect(store.append(sessionId, [notice("x")])).rejects.toMatchObject({
      reason: "unavailable",
      message: expect.stringContaining("SQLITE_IOERR_FSYNC") as unknown,
    });
  }
  expect(fatal.errors).toHaveLength(1);
  await store.close();
});

class FatalErrors {
  readonly errors: StoreUnavailableError[] = [];
  readonly add = (error: StoreUnavailableError): void => {
    this.errors.push(error);
  };
}

function neverFatal(error: Error): void {
  throw error;
}
