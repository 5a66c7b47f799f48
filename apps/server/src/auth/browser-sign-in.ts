import type { Principal, Scope } from "@trunkline/contract";
import { v7 as uuidv7 } from "uuid";
import type { Audit } from "../audit/port.ts";
import { GuardFailedError, type Store } from "../store/port.ts";
import type { Authenticated, BrowserSignIn } from "./port.ts";
import { hashSecret, newBrowserSecret } from "./secret.ts";

const BROWSER_TOKEN_LIFETIME_MS = 30 * 24 * 60 * 60 * 1_000;

/** Whom a browser is to act as. */
export interface SignInHolder {
  userId: string;
  name: string;
  scope: Scope;
  /** The token that signs it in, and until when that holds; null where the server itself does. */
  parent: { tokenId: string; expiresAt: number | null } | null;
}

export function holderOf({ principal, tokenId, expiresAt }: Authenticated): SignInHolder {
  const { userId, name, scopes } = principal;
  return { userId, name, scope: scopes.at(-1) ?? "read", parent: { tokenId, expiresAt } };
}

/** @returns null where the token behind it holds no more */
export async function signInBrowser(
  { store, audit, now }: { store: Store; audit: Audit; now: () => number },
  holder: SignInHolder,
  { address, detail }: { address: string | undefined; detail: string },
): Promise<BrowserSignIn | null> {
  const { userId, name, scope, parent } = holder;
  const createdAt = now();
  const { cookieSecret, pageKey } = newBrowserSecret(userId);
  const expiresAt = Math.min(createdAt + BROWSER_TOKEN_LIFETIME_MS, parent?.expiresAt ?? Infinity);
  if (expiresAt <= createdAt) return null;
  const id = uuidv7();
  const by: Principal = { userId, name, scopes: [], tokenId: id, ...(address !== undefined && { address }) };
  const event = { by, action: "sign-in", target: id, decision: "allowed", detail } as const;
  try {
    await store.tokens.add(
      {
        id,
        userId,
        name: "browser",
        kind: "browser",
        scope,
        parentId: parent?.tokenId ?? null,
        hash: hashSecret(cookieSecret),
        createdAt,
        expiresAt,
      },
      // Also on a full disk: who cannot come in cannot make room either.
      { audit: audit.entry(event), deletesExpired: createdAt, mayUseBallast: true },
    );
  } catch (error) {
    if (error instanceof GuardFailedError) return null;
    throw error;
  }
  return { cookieSecret, pageKey, expiresAt };
}
