import { type Token, type TokenService, TrunklineError } from "@trunkline/contract";
import type { Audit } from "../audit/port.ts";
import type { Auth } from "../auth/port.ts";
import { GuardFailedError, type Store } from "../store/port.ts";
import { requireAdmin, requireToken, requireUser } from "./ownership.ts";
import { decodePageCursor, toPage } from "./page-cursor.ts";
import { expiryLimit, selectTokens, toToken } from "./token-row.ts";

export interface TokenServiceDeps {
  store: Store;
  auth: Pick<Auth, "newToken" | "tokensRevoked">;
  audit: Audit;
  now: () => number;
}

export function createTokenService({ store, auth, audit, now }: TokenServiceDeps): TokenService {
  async function read(tokenId: string): Promise<Token> {
    const row = await selectTokens(store.db).where("tokens.id", "=", tokenId).executeTakeFirstOrThrow();
    return toToken(row);
  }

  return {
    async create(principal, { name, scope, expiresAt = null, userId = principal.userId }) {
      await requireUser(store.db, principal, userId);
      const createdAt = now();
      if (!principal.scopes.includes(scope)) {
        throw new TrunklineError(
          "forbidden",
          `A token makes none that may do more than itself, as '${scope}'`,
        );
      }
      if (expiresAt !== null && expiresAt <= createdAt) {
        throw new TrunklineError(
          "validation_failed",
          "expiresAt must be in the future, in ms since the epoch",
        );
      }
      const limit = await expiryLimit(store.db, principal.tokenId);
      if (limit !== null && (expiresAt ?? Infinity) > limit) {
        throw new TrunklineError(
          "forbidden",
          `A token makes none that outlasts it; give an expiresAt of ${limit} or earlier`,
        );
      }
      const { id, secret, write } = auth.newToken({ userId, name, scope, createdAt, expiresAt });
      const detail = `${scope} for ${userId}`;
      const entry = audit.statement({
        by: principal,
        action: "token.create",
        target: id,
        decision: "allowed",
        detail,
      });
      try {
        await store.write([write, entry]);
      } catch (error) {
        if (error instanceof GuardFailedError) await requireUser(store.db, principal, userId);
        throw error;
      }
      return { token: await read(id), secret };
    },

    async list(principal, { userId, everyone, ended, cursor, limit }) {
      let query = selectTokens(store.db)
        .orderBy("tokens.id", "desc")
        .limit(limit + 1);
      if (everyone) requireAdmin(principal);
      const whose = userId ?? (everyone ? undefined : principal.userId);
      if (whose !== undefined) {
        if (userId !== undefined) await requireUser(store.db, principal, userId);
        query = query.where("tokens.user_id", "=", whose);
      }
      if (!ended) {
        query = query
          .where("tokens.revoked_at", "is", null)
          .where((eb) => eb.or([eb("tokens.expires_at", "is", null), eb("tokens.expires_at", ">", now())]));
      }
      if (cursor !== undefined) query = query.where("tokens.id", "<", decodePageCursor(cursor).id);
      const rows = await query.execute();
      return toPage(rows, limit, toToken, ({ createdAt }) => createdAt);
    },

    async revoke(principal, { tokenId }) {
      const token = await requireToken(store.db, principal, tokenId);
      if (token.revoked_at === null) {
        if (!principal.scopes.includes(token.scope)) {
          throw new TrunklineError("forbidden", "A token revokes none that may do more than itself");
        }
        const entry = {
          by: principal,
          action: "token.revoke",
          target: tokenId,
          decision: "allowed",
        } as const;
        const revoke = store.db
          .updateTable("tokens")
          .set({ revoked_at: now() })
          .where((eb) => eb.or([eb("id", "=", tokenId), eb("parent_id", "=", tokenId)]))
          .where("revoked_at", "is", null)
          .compile();
        await store.write([revoke, audit.statement(entry)], { mayUseBallast: true });
        auth.tokensRevoked();
      }
      return read(tokenId);
    },
  };
}
