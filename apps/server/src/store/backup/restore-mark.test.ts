import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { databasePath } from "../sqlite/database-path.ts";
import { openSqliteStore } from "../sqlite/sqlite-store.ts";
import { TemporaryDirectory } from "../testing/temporary-directory.ts";
import { removeAbandonedRestores } from "./abandoned-restores.ts";
import { backupDatabase, restoreDatabase } from "./backup.ts";
import { isMarkedRestored } from "./restore-mark.ts";

const run = promisify(execFile);
const MODULE = fileURLToPath(new URL("restore-database.ts", import.meta.url));

/** @param moment of the rename that puts the new database in its place */
async function restoreKilled(
  moment: "before" | "after",
  [dataDir, file, options]: Parameters<typeof restoreDatabase>,
): Promise<void> {
  const restored = run(process.execPath, [
    "--input-type=module",
    "-e",
    `import files from "node:fs/promises";
    import { syncBuiltinESMExports } from "node:module";
    const { rename } = files;
    files.rename = async (from, to) => {
      const isIt = to === ${JSON.stringify(databasePath(dataDir))};
      if (isIt && ${moment === "before"}) process.kill(process.pid, "SIGKILL");
      await rename(from, to);
      if (isIt) process.kill(process.pid, "SIGKILL");
    };
    syncBuiltinESMExports();
    const { restoreDatabase } = await import(${JSON.stringify(MODULE)});
    await restoreDatabase(...${JSON.stringify([dataDir, file, options ?? {}])});`,
  ]);
  await expect(restored).rejects.toMatchObject({ signal: "SIGKILL" });
}

async function place() {
  const data = await TemporaryDirectory.create();
  const dataDir = data.join("data");
  const file = data.join("backup.db");
  const source = data.join("source.db");
  await (await openSqliteStore({ path: source, now: Date.now, onFatal: () => undefined })).close();
  await restoreDatabase(dataDir, source, { resumeTasks: true });
  await backupDatabase(dataDir, file);
  /** Whether the next start cancels what is unfinished. */
  const cancels = async (): Promise<boolean> => {
    await removeAbandonedRestores(dataDir, dataDir);
    return isMarkedRestored(dataDir);
  };
  return { dataDir, file, cancels, [Symbol.asyncDispose]: async () => data[Symbol.asyncDispose]() };
}

it("a restore that is killed before the new database is there leaves the old one's tasks alone", async () => {
  await using at = await place();
  await restoreKilled("before", [at.dataDir, at.file]);
  expect(await at.cancels()).toBe(false);

  await restoreKilled("before", [at.dataDir, at.file]);
  // The next try asks for the tasks, and is killed as well.
  await restoreKilled("before", [at.dataDir, at.file, { resumeTasks: true }]);
  expect(await at.cancels()).toBe(false);
});

it("one that is killed after that has none of the new one's tasks run unasked", async () => {
  await using at = await place();
  await restoreKilled("after", [at.dataDir, at.file]);
  expect(await at.cancels()).toBe(true);

  // It is still the one that was restored first.
  await restoreKilled("before", [at.dataDir, at.file]);
  expect(await at.cancels()).toBe(true);
  await restoreKilled("before", [at.dataDir, at.file, { resumeTasks: true }]);
  expect(await at.cancels()).toBe(true);

  await restoreDatabase(at.dataDir, at.file, { resumeTasks: true });
  expect(await at.cancels()).toBe(false);
});
