import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TrunklineError } from "@trunkline/contract";
import { expect, it } from "vitest";
import { alice } from "../runner/testing/scripted-server.ts";
import { withFilesOf } from "./session-files.ts";

const ID = "01900000-0000-7000-8000-0000000000aa";

/** A session that another call deletes, or archives, while the work is done. */
async function session() {
  const dataDir = await mkdtemp(join(tmpdir(), "trunkline-files-"));
  const state = { isThere: true, archivedAt: 0, removed: [] as string[] };
  const found = { id: ID, lastSeq: 5, forkedAtSeq: null, importedSeq: 0 };
  const deps = {
    dataDir,
    store: {
      sessions: { find: async () => (state.isThere ? found : undefined) },
      events: { last: async () => ({ type: "workspace.archived", seq: state.archivedAt }) },
    },
    checkpoints: { remove: async (id: string) => void state.removed.push(id) },
  };
  return {
    state,
    workspace: join(dataDir, "workspaces", ID),
    use: async <T>(work: () => Promise<T>, by = alice) => withFilesOf(deps as never, by, ID, work),
    [Symbol.asyncDispose]: async () => rm(dataDir, { recursive: true, force: true }),
  };
}

const missing = new Error("Can't find source path");

it("files that go under a call's hands are a deleted session's, whatever their reader says of it", async () => {
  for (const reason of [missing, new TrunklineError("session_busy", "busy")]) {
    await using files = await session();
    await expect(files.use(async () => Promise.reject(reason))).rejects.toBe(reason);
    const deleted = files.use(async () => {
      files.state.isThere = false;
      throw reason;
    });
    await expect(deleted).rejects.toMatchObject({ reason: "not_found" });
  }
});

it("what a call wrote after the deletion had removed everything goes, too", async () => {
  await using files = await session();
  await files.use(async () => {
    files.state.isThere = false;
    await mkdir(files.workspace, { recursive: true });
  });
  expect(existsSync(files.workspace)).toBe(false);
  expect(files.state.removed).toEqual([ID]);
  // Of a session that is there, nothing does; of one that the caller may not see, nothing is done.
  await using other = await session();
  await other.use(async () => mkdir(other.workspace, { recursive: true }));
  other.state.isThere = false;
  await expect(other.use(async () => "done")).rejects.toMatchObject({ reason: "not_found" });
  expect(existsSync(other.workspace)).toBe(true);
});

it("what fails because the work was archived meanwhile is done once more, with that", async () => {
  await using files = await session();
  let tries = 0;
  const again = async () => {
    tries++;
    if (files.state.archivedAt > 0) return "archived";
    files.state.archivedAt = 6;
    throw missing;
  };
  expect(await files.use(again)).toBe("archived");
  expect(tries).toBe(2);
  // Archived before: the reason is another.
  files.state.archivedAt = 5;
  await expect(files.use(async () => Promise.reject(missing))).rejects.toBe(missing);
});

it("so many of one user's calls have files looked at, and another user's do not wait for them", async () => {
  await using files = await session();
  let running = 0;
  let most = 0;
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  const calls = Array.from({ length: 30 }, async () =>
    files.use(async () => {
      running += 1;
      most = Math.max(most, running);
      await gate;
      running -= 1;
    }),
  );
  const bob = { ...alice, userId: "bob" };
  expect(await files.use(async () => "bob's", bob)).toBe("bob's");
  open();
  await Promise.all(calls);
  expect(most).toBe(8);
});
