import type { StoredToken } from "../store/port.ts";

/** @param now integer ms since the epoch. */
export function isActive(token: Pick<StoredToken, "expiresAt" | "revokedAt">, now: number): boolean {
  return token.revokedAt === null && (token.expiresAt === null || now < token.expiresAt);
}
