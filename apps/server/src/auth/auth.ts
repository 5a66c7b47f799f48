import type { Logger } from "pino";
import { v7 as uuidv7 } from "uuid";
import type { Audit } from "../audit/port.ts";
import type { Hints } from "../hints/port.ts";
import type { Store } from "../store/port.ts";
import { holderOf, signInBrowser, type SignInHolder } from "./browser-sign-in.ts";
import { applyRevocations } from "./apply-revocations.ts";
import { isActive } from "./active-token.ts";
import { ensureLocalToken, ensureLocalUser } from "./local-token.ts";
import { type Auth, type Credentials, LOCAL_USER } from "./port.ts";
import { Invitations } from "./invitations.ts";
import { RevocationLedger } from "./revocation-ledger.ts";
import { hashSecret, isCookieSecret, isKeyOf, isSecret, newSecret } from "./secret.ts";
import { CODE_LIFETIME_MS, SignInCodes } from "./sign-in-codes.ts";
import { ShareCheck } from "./share-check.ts";
import { TokenCheck } from "./token-check.ts";

export interface AuthDeps {
  store: Store;
  audit: Audit;
  /** Directory of the token file; it exists, and is private to this user. */
  dataDir: string;
  /** Directory of the record of revocations, which all nodes keep together; absent: the same. */
  sharedDir?: string;
  /** Tells the other nodes, and of them. */
  hints: Pick<Hints, "announce" | "follow">;
  logger: Logger;
  /** Integer ms since the epoch. */
  now: () => number;
}

/**
 * Makes sure that the local user and a working token file exist, and that nothing holds that was ever revoked.
 *
 * @throws Error where the token file cannot be used; its message says what to do
 */
export async function createAuth(deps: AuthDeps): Promise<Auth> {
  const { store, hints, logger, now } = deps;
  const ledger = new RevocationLedger(deps.sharedDir ?? deps.dataDir);
  await applyRevocations(store, await ledger.read());
  const localUserId = await ensureLocalUser(store, now());
  await ensureLocalToken(deps, localUserId);
  const tokens = new TokenCheck(deps);
  const shares = new ShareCheck(deps);
  const listeners = new Set<() => void>();
  const codes = new SignInCodes(store.signInCodes, now);
  const invitations = new Invitations({ ...deps, ledger });
  const look = (): void => {
    tokens.forget();
    for (const listener of listeners) listener();
  };
  hints.follow(({ type }) => {
    if (type === "access-changed" || type === "missed") look();
  });
  const local: SignInHolder = { userId: localUserId, name: LOCAL_USER, scope: "admin", parent: null };

  return {
    async authenticate(credentials) {
      const presented = readCredentials(credentials);
      if (presented === null) return null;
      const { secret, kind } = presented;
      const known =
        (await tokens.check(secret, kind)) ?? (kind === "api" ? await shares.check(secret) : null);
      if (known?.via !== "cookie") return known;
      return { ...known, hasPageKey: isKeyOf(credentials.pageKey ?? "", presented.secret) };
    },

    async activeTokens(tokenIds) {
      const known = await Promise.all([store.tokens.several(tokenIds), store.shares.several(tokenIds)]);
      return new Set(
        known
          .flat()
          .filter((token) => isActive(token, now()))
          .map(({ id }) => id),
      );
    },

    async createSignInCode(holder) {
      const code = await codes.create(holder === "local" ? local : holderOf(holder));
      return { code, expiresInMs: CODE_LIFETIME_MS };
    },

    async whoseSignInCode(code) {
      const holder = await codes.find(code);
      return holder === undefined ? null : { userId: holder.userId, name: holder.name };
    },

    async redeemSignInCode(code, address) {
      const holder = await codes.take(code);
      return holder === undefined ? null : signInBrowser(deps, holder, { address, detail: "link" });
    },

    async signInWithToken(token, address) {
      const known = isSecret(token) ? await tokens.check(token, "api") : null;
      if (known === null) return null;
      return signInBrowser(deps, holderOf(known), { address, detail: "token" });
    },

    newToken({ userId, name, scope, createdAt, expiresAt }) {
      const secret = newSecret();
      const hash = hashSecret(secret);
      const id = uuidv7();
      const token = {
        id,
        userId,
        name,
        kind: "api",
        scope,
        parentId: null,
        hash,
        createdAt,
        expiresAt,
      } as const;
      return { token, secret };
    },

    invite: async (invitation) => invitations.create(invitation),
    inviteAgain: async (userName) => invitations.createAgain(userName),
    hasJoined: async (userId) => invitations.hasJoined(userId),
    whoseInvitation: async (code) => invitations.find(code),
    redeemInvitation: async (code, address) => invitations.redeem(code, address),

    async recordRevocation(entry) {
      try {
        await ledger.add(entry);
      } catch (error) {
        // Whoever revokes must not be kept from it, also where the disk is full.
        logger.error({ err: error }, "A revocation could not be recorded: a restored backup would undo it");
      }
    },

    tokensRevoked() {
      look();
      hints.announce({ type: "access-changed" });
    },

    onRevocation: (listener) => void listeners.add(listener),
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
  if (authorization === undefined) {
    return cookie !== undefined && isCookieSecret(cookie) ? { secret: cookie, kind: "browser" } : null;
  }
  const secret = /^bearer +(\S+)$/i.exec(authorization.trim())?.[1];
  return secret !== undefined && isSecret(secret) ? { secret, kind: "api" } : null;
}
