import type { Store } from "../store/port.ts";
import { hashSecret } from "./secret.ts";
import { readTokenFile, writeTokenFile } from "./token-file.ts";
import { findTokenByHash, insertToken, isActive } from "./token-table.ts";

/**
 * The token file and the store agree afterwards. A file whose token the store does not know (a database restored or
 * started anew) is adopted; one whose token was revoked or has expired is replaced.
 *
 * @throws Error where the file holds something else
 */
export async function ensureLocalToken(
  { store, dataDir, now }: { store: Store; dataDir: string; now: () => number },
  userId: string,
): Promise<void> {
  const kept = await readTokenFile(dataDir);
  const known = kept === undefined ? undefined : await findTokenByHash(store.db, hashSecret(kept));
  if (known !== undefined && isActive(known, now())) return;
  const secret = kept !== undefined && known === undefined ? kept : await writeTokenFile(dataDir);
  const { write } = insertToken(store.db, {
    userId,
    name: "local",
    kind: "api",
    scope: "admin",
    parentId: null,
    secret,
    createdAt: now(),
    expiresAt: null,
  });
  await store.write([write]);
}
