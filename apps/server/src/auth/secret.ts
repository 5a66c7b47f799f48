import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** 256 bits: out of reach of guessing, whatever the attacker's speed. */
const SECRET_BYTES = 32;
/** Says what it is to people and to secret scanners; `secrets/redactor.ts` looks for it. */
const PREFIX = "tl_";
const SECRET = /^tl_[A-Za-z0-9_-]{43}$/;
const COOKIE_SECRET = /^tl_[A-Za-z0-9_-]{43}\.[A-Za-z0-9_-]{43}$/;

/** A new API token or cookie secret: `tl_` and 256 random bits in base64url. */
export function newSecret(): string {
  return PREFIX + newCode();
}

/** 256 random bits in base64url, 43 characters. */
export function newCode(): string {
  return randomBytes(SECRET_BYTES).toString("base64url");
}

/**
 * What a browser is signed in by: a cookie, and a key that the page keeps where no other origin can read it. Cookies go to
 * every port of a host (RFC 6265, 8.5), so the cookie proves nothing without the key; it only says which key opens it. The
 * key ends with the user's id: all tabs have the cookie of whoever signed in last, and each has to know whose page it is.
 */
export function newBrowserSecret(userId: string): { cookieSecret: string; pageKey: string } {
  const pageKey = newCode() + userId;
  return { cookieSecret: `${newSecret()}.${digestOf(pageKey)}`, pageKey };
}

export function isCookieSecret(text: string): boolean {
  return COOKIE_SECRET.test(text);
}

/** Whether the key is the one that was made with the cookie. */
export function isKeyOf(pageKey: string, cookieSecret: string): boolean {
  const digest = Buffer.from(digestOf(pageKey));
  const expected = Buffer.from(cookieSecret.slice(cookieSecret.indexOf(".") + 1));
  return digest.length === expected.length && timingSafeEqual(digest, expected);
}

function digestOf(pageKey: string): string {
  return createHash("sha256").update(pageKey).digest("base64url");
}

export function isSecret(text: string): boolean {
  return SECRET.test(text);
}

/**
 * SHA-256, hex. A slow password hash would be the wrong tool: it protects what people choose, by making each guess
 * dear; these secrets are random, no number of guesses finds one, and every request pays for its hash.
 */
export function hashSecret(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}

/** Compares two hashes of `hashSecret` in constant time. */
export function sameHash(a: string, b: string): boolean {
  const left = Buffer.from(a, "hex");
  const right = Buffer.from(b, "hex");
  return left.length === right.length && timingSafeEqual(left, right);
}
