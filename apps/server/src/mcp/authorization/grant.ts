import type { OAuthServerInfo } from "@modelcontextprotocol/sdk/client/auth.js";
import type { OAuthClientInformationMixed, OAuthTokens } from "@modelcontextprotocol/sdk/shared/auth.js";

/** What both an authorization under way and a finished one know. */
export interface AuthorizationBasis {
  /** The MCP server's: what was authorized is for this address alone. */
  serverUrl: string;
  /** Where the browser returns to; the client is registered for it. */
  redirectUrl: string;
  info: OAuthServerInfo;
  client: OAuthClientInformationMixed;
  /** RFC 8707: what the tokens are for; null: the server does not say. */
  resource: string | null;
}

/** An authorization under way, as it is encrypted. */
export interface PendingGrant extends AuthorizationBasis {
  /** Of PKCE (RFC 7636). */
  codeVerifier: string;
  /** The sign-in of the browser that asked: it alone may finish there. Null: it was asked for elsewhere. */
  browser: string | null;
}

/** A finished one. */
export interface Grant extends AuthorizationBasis {
  tokens: OAuthTokens;
  /** When the access token ends; ms since the epoch. Null: nobody knows. */
  expiresAt: number | null;
}

/** Characters of what is kept: it is read for each request. What large providers say of themselves has some 5,000. */
const MAX_LENGTH = 65_536;
/** Of the page at which somebody agrees; browsers and servers take little more. */
const MAX_URL_LENGTH = 8_192;
/** What can be sent in a header, and is. */
const TOKEN = /^[\x21-\x7E]{1,16384}$/;

/** @throws Error in words for a person, where the authorization server says more than is kept. */
export function assertShort(url: URL, pending: PendingGrant): void {
  if (url.href.length > MAX_URL_LENGTH || url.username !== "" || url.password !== "") {
    throw new Error(
      `The page to agree at has an address with credentials or of more than ${MAX_URL_LENGTH} characters`,
    );
  }
  assertKept(pending);
}

/** @throws Error in words for a person, where the tokens are none or too long. */
export function grantOf(basis: AuthorizationBasis, tokens: OAuthTokens, now: number): Grant {
  const { serverUrl, redirectUrl, info, client, resource } = basis;
  const { expires_in: seconds } = tokens;
  if (!TOKEN.test(tokens.access_token)) {
    throw new Error(
      "The authorization server gave a token that can't be sent: it is empty, too long, or has odd characters",
    );
  }
  const expiresAt = seconds === undefined ? null : now + seconds * 1_000;
  const grant = { serverUrl, redirectUrl, info, client, resource, tokens, expiresAt };
  assertKept(grant);
  return grant;
}

function assertKept(value: AuthorizationBasis): void {
  if (JSON.stringify(value).length <= MAX_LENGTH) return;
  throw new Error(`The authorization server says more than the ${MAX_LENGTH} characters that are kept`);
}
