import type { FetchLike } from "@modelcontextprotocol/sdk/shared/transport.js";
import type { McpDefinition } from "../port.ts";
import type { AccessTokens } from "./access-tokens.ts";
import { NeedsAuthorizationError } from "./needs-authorization.ts";

/**
 * `fetch` of one user's connection to a server: with the user's token where there is one, which goes to the server's own
 * origin alone.
 */
export function createAuthorizedFetch(options: {
  userId: string;
  definition: McpDefinition;
  tokens: Pick<AccessTokens, "tokenFor">;
  fetch: FetchLike;
}): FetchLike {
  const { userId, definition, tokens, fetch } = options;
  const { transport } = definition;
  // Whoever writes the header has a token of their own.
  const isOwn = transport.kind === "http" && transport.headers.some((name) => /^authorization$/i.test(name));
  if (transport.kind !== "http" || isOwn) return fetch;
  const { origin } = new URL(transport.url);
  return async (url, init = {}) => {
    if (new URL(url).origin !== origin) return fetch(url, init);
    const withToken = async (token: string | null): Promise<Response> => {
      const headers = new Headers(init.headers);
      if (token !== null) headers.set("authorization", `Bearer ${token}`);
      return fetch(url, { ...init, headers });
    };
    const token = await tokens.tokenFor(userId, definition, null);
    const response = await withToken(token);
    if (response.status !== 401) return response;
    await response.body?.cancel();
    const next = token === null ? null : await tokens.tokenFor(userId, definition, token);
    if (next === null) throw new NeedsAuthorizationError(definition.name);
    const again = await withToken(next);
    if (again.status !== 401) return again;
    await again.body?.cancel();
    throw new NeedsAuthorizationError(definition.name);
  };
}
