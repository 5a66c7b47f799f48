import type { Store } from "../store/port.ts";
import type { Revocations } from "./revocation-ledger.ts";

/** Per statement. */
const MAX_HASHES = 500;

/** Reapplies revocations that a restored database lacks. No change if it has them. */
export async function applyRevocations(store: Store, { tokens, users }: Revocations): Promise<void> {
  const revoked = [...tokens];
  for (let start = 0; start < revoked.length; start += MAX_HASHES) {
    const part = revoked.slice(start, start + MAX_HASHES);
    const hashes = part.map(([hash]) => hash);
    await store.tokens.revokeAgain(hashes, Math.max(...part.map(([, at]) => at)));
    await store.invitations.forget(hashes);
    await store.shares.forget(hashes);
  }
  for (const [id, { at, isRemoved }] of users) await store.users.shutOut({ id, at, isRemoved });
}
