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

export function grantOf(basis: AuthorizationBasis, tokens: OAuthTokens, now: number): Grant {
  const { serverUrl, redirectUrl, info, client, resource } = basis;
  const { expires_in: seconds } = tokens;
  const expiresAt = seconds === undefined ? null : now + seconds * 1_000;
  return { serverUrl, redirectUrl, info, client, resource, tokens, expiresAt };
}
