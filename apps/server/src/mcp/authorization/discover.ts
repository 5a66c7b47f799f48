import type { OAuthServerInfo } from "@modelcontextprotocol/sdk/client/auth.js";
import type { FetchLike } from "@modelcontextprotocol/sdk/shared/transport.js";

export interface Discovered {
  info: OAuthServerInfo;
  resource: string | null;
  scope: string | undefined;
}

/**
 * Finds out who authorizes an MCP server's clients, and for what (RFC 9728, RFC 8414).
 * @throws Error in words for a person.
 */
export async function discover(serverUrl: string, fetch: FetchLike): Promise<Discovered> {
  const { discoverOAuthServerInfo } = await import("@modelcontextprotocol/sdk/client/auth.js");
  const { checkResourceAllowed, resourceUrlFromServerUrl } =
    await import("@modelcontextprotocol/sdk/shared/auth-utils.js");
  const challenge = await challengeOf(serverUrl, fetch);
  const info = await discoverOAuthServerInfo(serverUrl, {
    ...(challenge.resourceMetadataUrl !== undefined && {
      resourceMetadataUrl: challenge.resourceMetadataUrl,
    }),
    fetchFn: fetch,
  });
  const { resourceMetadata, authorizationServerMetadata, authorizationServerUrl } = info;
  // RFC 8414, section 3.3: else a server could pass off another's metadata as its own, and get codes meant for that one.
  const issuer = authorizationServerMetadata?.issuer;
  if (issuer !== undefined && !isSameAddress(issuer, authorizationServerUrl)) {
    throw new Error(`The authorization server at ${authorizationServerUrl} says that it is ${issuer}`);
  }
  const resource = resourceMetadata?.resource ?? null;
  const requestedResource = resourceUrlFromServerUrl(serverUrl);
  if (resource !== null && !checkResourceAllowed({ requestedResource, configuredResource: resource })) {
    throw new Error(`The server says that it is another: ${resource}`);
  }
  const scope = challenge.scope ?? resourceMetadata?.scopes_supported?.join(" ");
  const isRefreshAsked = authorizationServerMetadata?.scopes_supported?.includes("offline_access") === true;
  return { info, resource, scope: isRefreshAsked ? withOfflineAccess(scope) : scope };
}

/** Providers of OpenID Connect give a refresh token to nobody who does not ask for it. */
function withOfflineAccess(scope: string | undefined): string {
  return [...new Set([...(scope?.split(" ") ?? []), "offline_access"])].join(" ");
}

/** What the server answers to a client without a token. */
async function challengeOf(serverUrl: string, fetch: FetchLike) {
  const response = await fetch(new URL(serverUrl), {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json, text/event-stream" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "ping" }),
  });
  await response.body?.cancel();
  if (response.status !== 401) return {};
  const { extractWWWAuthenticateParams } = await import("@modelcontextprotocol/sdk/client/auth.js");
  return extractWWWAuthenticateParams(response);
}

function isSameAddress(a: string, b: string): boolean {
  const plain = (text: string): string => (URL.parse(text)?.href ?? text).replace(/\/$/, "");
  return plain(a) === plain(b);
}
