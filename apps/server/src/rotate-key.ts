/** Entry point for the CLI: `@trunkline/server/rotate-key`. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { requireOwner } from "./data-dir/data-dir.ts";
import { newKey, parseKeys, writeKeys } from "./projects/credential-keys.ts";
import { CREDENTIALS_KEY_FILE, CredentialVault } from "./projects/credential-vault.ts";
import { BackupError } from "./store/backup/backup-error.ts";
import { openSealed } from "./store/sealed/open-sealed.ts";

export interface RotateKeyOptions {
  dataDir: string;
  sharedDir: string;
  databaseUrl: string | undefined;
  /** The operator's own; absent: the one in the shared directory. */
  keyFile: string | undefined;
  /** Called after each value that was encrypted anew. */
  onProgress?: (done: number) => void;
}

/**
 * Encrypts every stored credential with a new key. In between, the key file holds both, so that a kill at any moment leaves
 * everything readable; the next rotation finishes what was left. What no key opens and comes anew by itself is removed. The old key is forgotten once nothing needs it.
 * @returns how many values there are
 * @throws BackupError if a server runs, or something can't be opened with any key: nothing is forgotten then
 */
export async function rotateKey(options: RotateKeyOptions): Promise<{ file: string; values: number }> {
  const { dataDir, sharedDir, databaseUrl, keyFile, onProgress } = options;
  const file = keyFile ?? join(sharedDir, CREDENTIALS_KEY_FILE);
  for (const directory of new Set([dataDir, sharedDir])) await requireOwner(directory);
  await using store = await openSealed({ dataDir, databaseUrl });
  const before = parseKeys(
    await readFile(file, "utf8").catch((cause: unknown) => {
      throw new BackupError(`${file} can't be read, so there is no key to replace`, { cause });
    }),
  );
  if (before === null) throw new BackupError(`${file} does not hold keys`);
  const keys = { current: newKey(), earlier: [before.current, ...before.earlier] };
  await writeKeys(file, keys);
  const vault = new CredentialVault({ sharedDir, keyFile: file });
  let values = 0;
  for await (const { belongsTo, sealed, replace, remove } of store.values()) {
    const credential = await vault.open<object>(belongsTo, sealed).catch((cause: unknown) => {
      if (remove !== undefined) return null;
      throw new BackupError(
        `A stored credential (of ${belongsTo}) can't be opened with any key in ${file}. The earlier keys stay in it; ` +
          "remove or set that credential again, then rotate once more",
        { cause },
      );
    });
    if (credential === null) {
      await remove?.();
      continue;
    }
    await replace(await vault.seal(belongsTo, credential));
    values += 1;
    onProgress?.(values);
  }
  await writeKeys(file, { current: keys.current, earlier: [] });
  return { file, values };
}
