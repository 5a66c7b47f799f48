import type { Logger } from "pino";
import type { Store } from "../store/port.ts";
import type { Auth, Credentials } from "./port.ts";
import { hashSecret, isSecret, newSecret } from "./secret.ts";
import { CODE_LIFETIME_MS, SignInCodes } from "./sign-in-codes.ts";
import { TokenCheck } from "./token-check.ts";
import { readTokenFile, writeTokenFile } from "./token-file.ts";
import {
  deleteExpiredBrowserTokens,
  ensureLocalUser,
  findActiveTokens,
  findTokenByHash,
  insertToken,
  isActive,
} from "./token-table.ts";

const BROWSER_TOKEN_LIFETIME_MS = 30 * 24 * 60 * 60 * 1_000;

export interface AuthDeps {
  store: Store;
  /** Directory of the token file; it exists, and is private to this user. */
  dataDir: string;
  logger: Logger;
  /** Integer ms since the epoch. */
  now: () => number;
}

/**
 * Makes sure that the local user and a working token file exist.
 *
 * @throws Error where the token file cannot be used; its message says what to do
 */
export async function createAuth({ store, dataDir, logger, now }: AuthDeps): Promise<Auth> {
  const localUserId = await ensureLocalUser(store, now());
  await ensureLocalToken({ store, dataDir, now }, localUserId);
  const tokens = new TokenCheck({ store, logger, now });
  const codes = new SignInCodes(now);

  return {
    async authenticate(credentials) {
      const presented = readCredentials(credentials);
      return presented === null ? null : tokens.check(presented.secret, presented.kind);
    },

    activeTokens: (tokenIds) => findActiveTokens(store.db, tokenIds, now()),

    createSignInCode: () => ({ code: codes.create(), expiresInMs: CODE_LIFETIME_MS }),

    async redeemSignInCode(code) {
      if (!codes.take(code)) return null;
      const createdAt = now();
      const cookieSecret = newSecret();
      const expiresAt = createdAt + BROWSER_TOKEN_LIFETIME_MS;
      const writes = [
        deleteExpiredBrowserTokens(store.db, createdAt),
        insertToken(store.db, {
          userId: localUserId,
          name: "browser",
          kind: "browser",
          secret: cookieSecret,
          createdAt,
          expiresAt,
        }),
      ];
      // Also on a full disk: who cannot come in cannot make room either.
      await store.write(writes, { mayUseBallast: true });
      return { cookieSecret, expiresAt };
    },
  };
}

/**
 * The Authorization header decides where there is one: who sends it wants to be judged by it, and a browser never adds
 * it by itself.
 */
function readCredentials({
  authorization,
  cookie,
}: Credentials): { secret: string; kind: "api" | "browser" } | null {
  const secret = authorization === undefined ? cookie : /^bearer +(\S+)$/i.exec(authorization.trim())?.[1];
  if (secret === undefined || !isSecret(secret)) return null;
  return { secret, kind: authorization === undefined ? "browser" : "api" };
}

/**
 * The token file and the store agree afterwards. A file whose token the store does not know (a database restored or
 * started anew) is adopted; one whose token was revoked or has expired is replaced.
 */
async function ensureLocalToken(
  { store, dataDir, now }: Omit<AuthDeps, "logger">,
  userId: string,
): Promise<void> {
  const kept = await readTokenFile(dataDir);
  const known = kept === undefined ? undefined : await findTokenByHash(store.db, hashSecret(kept));
  if (known !== undefined && isActive(known, now())) return;
  const secret = kept !== undefined && known === undefined ? kept : await writeTokenFile(dataDir);
  await store.write([
    insertToken(store.db, {
      userId,
      name: "local",
      kind: "api",
      secret,
      createdAt: now(),
      expiresAt: null,
    }),
  ]);
}
