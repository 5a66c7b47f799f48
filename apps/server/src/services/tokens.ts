import { scopesUpTo, type Token, type TokenService, TrunklineError } from "@trunkline/contract";
import type { Audit } from "../audit/port.ts";
import type { Auth } from "../auth/port.ts";
import { GuardFailedError, type Store, type StoredToken } from "../store/port.ts";
import { noToken, requireAdmin, requireToken, requireUser } from "./ownership.ts";
import { decodePageCursor, toPage } from "./page-cursor.ts";

export interface TokenServiceDeps {
  store: Store;
  auth: Pick<Auth, "newToken" | "tokensRevoked" | "recordRevocation">;
  audit: Audit;
  now: () => number;
}

export function createTokenService({ store, auth, audit, now }: TokenServiceDeps): TokenService {
  async function read(tokenId: string): Promise<Token> {
    const token = await store.tokens.find(tokenId);
    if (token === undefined) throw noToken(tokenId);
    return toToken(token);
  }

  return {
    async create(principal, { name, scope, expiresAt = null, userId = principal.userId }) {
      await requireUser(store, principal, userId);
      if (userId !== principal.userId) {
        throw new TrunklineError(
          "forbidden",
          "You can't create a token for another user, because you would share it. Invite them with user.invite",
        );
      }
      const createdAt = now();
      if (!principal.scopes.includes(scope)) {
        throw new TrunklineError(
          "forbidden",
          `A token can't create one with more rights than its own, as '${scope}'`,
        );
      }
      if (expiresAt !== null && expiresAt <= createdAt) {
        throw new TrunklineError(
          "validation_failed",
          "expiresAt must be in the future, in ms since the epoch",
        );
      }
      const limit = await expiryLimit(store, principal.tokenId);
      if (limit !== null && (expiresAt ?? Infinity) > limit) {
        throw new TrunklineError(
          "forbidden",
          `A token can't create one with a later expiry; give an expiresAt of ${limit} or earlier`,
        );
      }
      const { token, secret } = auth.newToken({ userId, name, scope, createdAt, expiresAt });
      const detail = `${scope} for ${userId}`;
      const entry = audit.entry({
        by: principal,
        action: "token.create",
        target: token.id,
        decision: "allowed",
        detail,
      });
      try {
        await store.tokens.add(token, { audit: entry });
      } catch (error) {
        if (error instanceof GuardFailedError) await requireUser(store, principal, userId);
        throw error;
      }
      return { token: await read(token.id), secret };
    },

    async list(principal, { userId, everyone, ended, cursor, limit }) {
      if (everyone) requireAdmin(principal);
      const whose = userId ?? (everyone ? undefined : principal.userId);
      if (userId !== undefined) await requireUser(store, principal, userId);
      const tokens = await store.tokens.page({
        ...(whose !== undefined && { userId: whose }),
        ...(!ended && { endedBy: now() }),
        ...(cursor !== undefined && { beforeId: decodePageCursor(cursor).id }),
        limit: limit + 1,
      });
      return toPage(tokens, limit, toToken, ({ createdAt }) => createdAt);
    },

    async revoke(principal, { tokenId }) {
      const token = await requireToken(store, principal, tokenId);
      if (token.revokedAt === null) {
        if (!principal.scopes.includes(token.scope)) {
          throw new TrunklineError("forbidden", "A token can't revoke one with more rights than its own");
        }
        await auth.recordRevocation({ tokenHash: token.hash, at: now() });
        const entry = {
          by: principal,
          action: "token.revoke",
          target: tokenId,
          decision: "allowed",
        } as const;
        await store.tokens.revoke(tokenId, now(), audit.entry(entry));
        auth.tokensRevoked();
      }
      return read(tokenId);
    },
  };
}

/** Everything but the hash. */
function toToken({ hash: _hash, parentId: _parent, scope, ...token }: StoredToken): Token {
  return { ...token, scopes: scopesUpTo(scope) };
}

/**
 * Latest expiry of tokens that this caller may create: no later than that of the caller's own, or a token for a day
 * could be traded for one for ever. A browser's sign-in expires by itself, and counts as its token.
 *
 * @returns integer ms since the epoch; null: never
 */
async function expiryLimit({ tokens }: Store, tokenId: string | undefined): Promise<number | null> {
  const token = tokenId === undefined ? undefined : await tokens.find(tokenId);
  if (token?.kind !== "browser") return token?.expiresAt ?? null;
  const parent = token.parentId === null ? undefined : await tokens.find(token.parentId);
  return parent?.expiresAt ?? null;
}
