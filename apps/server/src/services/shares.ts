import {
  DEFAULT_SHARE_LIFETIME_MS,
  MAX_SESSION_SHARES,
  type Share,
  type ShareService,
  TrunklineError,
} from "@trunkline/contract";
import type { Audit } from "../audit/port.ts";
import type { Auth } from "../auth/port.ts";
import { GuardFailedError, type Store, type StoredShare } from "../store/port.ts";
import { requireSessionAccess } from "./ownership.ts";

export interface ShareServiceDeps {
  store: Store;
  auth: Pick<Auth, "newToken" | "tokensRevoked" | "recordRevocation">;
  audit: Audit;
  now: () => number;
}

export function createShareService({ store, auth, audit, now }: ShareServiceDeps): ShareService {
  return {
    async create(principal, { sessionId, expiresAt: given }) {
      await requireSessionAccess(store, principal, sessionId);
      const createdAt = now();
      const expiresAt = given === undefined ? createdAt + DEFAULT_SHARE_LIFETIME_MS : given;
      if (expiresAt !== null && expiresAt <= createdAt) {
        throw new TrunklineError(
          "validation_failed",
          "expiresAt must be in the future, in ms since the epoch",
        );
      }
      const { userId } = principal;
      const { token, secret } = auth.newToken({ userId, name: "", scope: "read", createdAt, expiresAt });
      const { id, hash } = token;
      const share = { id, sessionId, ownerId: userId, hash, createdAt, expiresAt, lastUsedAt: null };
      const detail = `of session ${sessionId}, ${expiresAt === null ? "until it is revoked" : `until ${new Date(expiresAt).toISOString()}`}`;
      const entry = audit.entry({
        by: principal,
        action: "share.create",
        target: id,
        decision: "allowed",
        detail,
      });
      try {
        await store.shares.create(share, MAX_SESSION_SHARES, entry);
      } catch (error) {
        if (!(error instanceof GuardFailedError)) throw error;
        await requireSessionAccess(store, principal, sessionId);
        const message = `This session has ${MAX_SESSION_SHARES} links: revoke some first`;
        throw new TrunklineError("validation_failed", message, { cause: error });
      }
      return { share: toShare(share), secret };
    },

    async list(principal, { sessionId }) {
      await requireSessionAccess(store, principal, sessionId);
      const shares = await store.shares.ofSession({ sessionId, ownerId: principal.userId, endedBy: now() });
      return { items: shares.map(toShare) };
    },

    async revoke(principal, { shareId }) {
      const key = { id: shareId, ownerId: principal.userId };
      const share = await store.shares.find(key);
      if (share === undefined) throw noShare(shareId);
      await auth.recordRevocation({ tokenHash: share.hash, at: now() });
      const detail = `of session ${share.sessionId}`;
      const entry = {
        by: principal,
        action: "share.revoke",
        target: shareId,
        decision: "allowed",
        detail,
      } as const;
      try {
        await store.shares.delete(key, audit.entry(entry));
      } catch (error) {
        if (error instanceof GuardFailedError) throw noShare(shareId);
        throw error;
      }
      auth.tokensRevoked();
      return toShare(share);
    },
  };
}

function noShare(shareId: string): TrunklineError {
  return new TrunklineError("not_found", `There is no link ${shareId}`);
}

/** What its owner may know: all but the hash. */
function toShare({ ownerId: _owner, hash: _hash, ...share }: StoredShare): Share {
  return share;
}
