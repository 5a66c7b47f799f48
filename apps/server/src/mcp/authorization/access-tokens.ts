import type { FetchLike } from "@modelcontextprotocol/sdk/shared/transport.js";
import { setTimeout as delay } from "node:timers/promises";
import { GuardFailedError } from "../../store/port.ts";
import type { McpDefinition } from "../port.ts";
import { type Authorizations, type AuthorizationsDeps, belongsTo } from "./authorizations.ts";
import { type Grant, grantOf } from "./grant.ts";

/** Tokens that end so soon are renewed before they are used, in ms. */
const EARLY_MS = 30_000;
/** How long a node has for that; then another may, in ms. */
const RENEWAL_MS = 30_000;
/** How often one that waits for another node's renewal looks, in ms. */
const LOOK_MS = 200;

export interface AccessTokensDeps extends Pick<AuthorizationsDeps, "store" | "vault" | "now"> {
  authorizations: Pick<Authorizations, "grant">;
  fetchFor: (definition: McpDefinition) => FetchLike;
}

/** Users' access tokens of MCP servers, renewed when they end: once, whichever node finds it first. */
export class AccessTokens {
  readonly #deps: AccessTokensDeps;
  readonly #renewals = new Map<string, Promise<string | null>>();

  constructor(deps: AccessTokensDeps) {
    this.#deps = deps;
  }

  /**
   * @param refused a token that the server did not take.
   * @returns null if the user has to agree anew. @throws where the authorization server can't be reached
   */
  async tokenFor(userId: string, definition: McpDefinition, refused: string | null): Promise<string | null> {
    const key = { serverId: definition.id, userId };
    const grant = await this.#deps.authorizations.grant(key, definition);
    if (grant === null) return null;
    const { tokens, expiresAt } = grant;
    const isOld = expiresAt !== null && expiresAt - EARLY_MS <= this.#deps.now();
    if (tokens.access_token !== refused && (!isOld || tokens.refresh_token === undefined)) {
      return tokens.access_token;
    }
    const name = belongsTo(key);
    const running = this.#renewals.get(name);
    if (running !== undefined) return running;
    const renewal = this.#renew(userId, definition, grant).finally(() => this.#renewals.delete(name));
    this.#renewals.set(name, renewal);
    return renewal;
  }

  async #renew(
    userId: string,
    definition: McpDefinition,
    grant: Grant & { sealed: string },
  ): Promise<string | null> {
    const { store, vault, authorizations, fetchFor, now } = this.#deps;
    const key = { serverId: definition.id, userId };
    const claimed = await store.mcpAuthorizations.claim(key, { now: now(), until: now() + RENEWAL_MS });
    if (!claimed) return this.#others(userId, definition, grant);
    // Another node may have been faster before that.
    const current = await authorizations.grant(key, definition);
    if (current === null || current.sealed !== grant.sealed) {
      await store.mcpAuthorizations.unclaim(key);
      return current?.tokens.access_token ?? null;
    }
    let next: Grant | null;
    try {
      next = await refreshed(grant, fetchFor(definition), now);
    } catch (error) {
      await store.mcpAuthorizations.unclaim(key);
      throw error;
    }
    const sealed = next === null ? null : await vault.seal(belongsTo(key), next);
    try {
      await store.mcpAuthorizations.renewed(key, { before: grant.sealed, sealed });
    } catch (error) {
      // The user agreed anew meanwhile, or removed the server.
      if (!(error instanceof GuardFailedError)) throw error;
      return (await authorizations.grant(key, definition))?.tokens.access_token ?? null;
    }
    return next?.tokens.access_token ?? null;
  }

  /** Waits for another node's renewal. */
  async #others(
    userId: string,
    definition: McpDefinition,
    { sealed }: Grant & { sealed: string },
  ): Promise<string | null> {
    const key = { serverId: definition.id, userId };
    const { authorizations, now } = this.#deps;
    const until = now() + RENEWAL_MS;
    for (;;) {
      const current = await authorizations.grant(key, definition);
      if (current === null) return null;
      if (current.sealed !== sealed) return current.tokens.access_token;
      if (now() >= until) throw new Error("Its token was not renewed in time");
      await delay(LOOK_MS);
    }
  }
}

/** @returns null if the authorization server takes the refresh token no more. */
async function refreshed(grant: Grant, fetch: FetchLike, now: () => number): Promise<Grant | null> {
  const { info, client, tokens, resource } = grant;
  if (tokens.refresh_token === undefined) return null;
  const signal = AbortSignal.timeout(RENEWAL_MS / 2);
  const { refreshAuthorization } = await import("@modelcontextprotocol/sdk/client/auth.js");
  const { OAuthError, ServerError } = await import("@modelcontextprotocol/sdk/server/auth/errors.js");
  try {
    const next = await refreshAuthorization(info.authorizationServerUrl, {
      ...(info.authorizationServerMetadata && { metadata: info.authorizationServerMetadata }),
      clientInformation: client,
      refreshToken: tokens.refresh_token,
      ...(resource !== null && { resource }),
      fetchFn: async (url, init) => fetch(url, { ...init, signal }),
    });
    return grantOf(grant, next, now());
  } catch (error) {
    // Whatever is no clear refusal may pass.
    if (error instanceof OAuthError && !(error instanceof ServerError)) return null;
    throw error;
  }
}
