import { v7 as uuidv7 } from "uuid";
import type { Store } from "../store/port.ts";
import { isActive } from "./active-token.ts";
import { LOCAL_USER } from "./port.ts";
import { hashSecret } from "./secret.ts";
import { readTokenFile, writeTokenFile } from "./token-file.ts";

/**
 * Makes the token file and the store agree. A token that the store does not know (after a restore, or with a new
 * database) is adopted; a revoked or expired one is replaced.
 *
 * @throws Error if the file contains something else
 */
export async function ensureLocalToken(
  { store, dataDir, now }: { store: Store; dataDir: string; now: () => number },
  userId: string,
): Promise<void> {
  const kept = await readTokenFile(dataDir);
  const known = kept === undefined ? undefined : await store.tokens.findByHash(hashSecret(kept));
  if (known !== undefined && isActive(known, now())) return;
  const secret = kept !== undefined && known === undefined ? kept : await writeTokenFile(dataDir);
  await store.tokens.add({
    id: uuidv7(),
    userId,
    name: "local",
    kind: "api",
    scope: "admin",
    parentId: null,
    hash: hashSecret(secret),
    createdAt: now(),
    expiresAt: null,
  });
}

/** @returns the local user's id; creates the user at the first start. */
export async function ensureLocalUser({ users }: Store, now: number): Promise<string> {
  const known = await users.findByName(LOCAL_USER);
  if (known !== undefined) return known.id;
  await users.ensure({ id: uuidv7(), name: LOCAL_USER, createdAt: now, removedAt: null });
  const created = await users.findByName(LOCAL_USER);
  if (created === undefined) throw new Error(`the user ${LOCAL_USER} could not be created`);
  return created.id;
}
