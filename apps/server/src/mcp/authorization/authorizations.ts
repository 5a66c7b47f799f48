import { createHash, randomBytes } from "node:crypto";
import type { OAuthClientInformationMixed } from "@modelcontextprotocol/sdk/shared/auth.js";
import type { FetchLike } from "@modelcontextprotocol/sdk/shared/transport.js";
import { TrunklineError } from "@trunkline/contract";
import type { AuditRecord, McpAuthorizationKey, Store } from "../../store/port.ts";
import { describeFault } from "../fault.ts";
import type { McpAuthorizationAnswer, McpDefinition } from "../port.ts";
import { type Discovered, discover } from "./discover.ts";
import { assertShort, type Grant, grantOf, type PendingGrant } from "./grant.ts";
import { revokeTokens } from "./revoke-tokens.ts";

/** How long a person has to agree, in ms. */
const PENDING_MS = 900_000;
/** How long an authorization server may take for each answer, in ms. */
const ANSWER_MS = 15_000;

export interface AuthorizationsDeps {
  store: Pick<Store, "mcpAuthorizations">;
  vault: {
    seal(belongsTo: string, credential: object): Promise<string>;
    open<Credential extends object>(belongsTo: string, sealed: string): Promise<Credential>;
  };
  /** Reaches what the server's own connections may reach. */
  fetchFor: (definition: McpDefinition) => FetchLike;
  /** @throws TrunklineError for an address that nobody is to be sent to. */
  checkUrl: (url: string) => void;
  now: () => number;
}

/** Users' authorizations of MCP servers by OAuth 2.1, as the MCP specification (2025-11-25) wants it. */
export class Authorizations {
  readonly #deps: AuthorizationsDeps;

  constructor(deps: AuthorizationsDeps) {
    this.#deps = deps;
  }

  /**
   * @param options.redirectUrl where the browser returns to.
   * @returns the address at which the person agrees. @throws TrunklineError `mcp_failed`
   */
  async begin(
    userId: string,
    definition: McpDefinition,
    { redirectUrl, browser, audit }: { redirectUrl: string; browser: string | null; audit: AuditRecord },
  ): Promise<{ url: string; expiresAt: number }> {
    const { store, vault, now, checkUrl } = this.#deps;
    const { transport } = definition;
    if (transport.kind !== "http") {
      throw new TrunklineError("validation_failed", "Only servers over HTTP can be authorized");
    }
    const key = { serverId: definition.id, userId };
    const serverUrl = transport.url;
    const state = randomBytes(32).toString("base64url");
    const fetch = this.#fetchFor(definition);
    const before = await this.grant(key, definition);
    const { authorizationUrl, pending } = await inWords(definition, async () => {
      const discovered = await discover(serverUrl, fetch);
      const { info, resource, scope } = discovered;
      const client =
        reusable(before, discovered, redirectUrl) ?? (await register(discovered, redirectUrl, fetch));
      const { startAuthorization } = await loadSdk();
      const started = await startAuthorization(info.authorizationServerUrl, {
        ...(info.authorizationServerMetadata && { metadata: info.authorizationServerMetadata }),
        clientInformation: client,
        redirectUrl,
        state,
        ...(scope !== undefined && { scope }),
        ...(resource !== null && { resource }),
      });
      const grant: PendingGrant = {
        serverUrl,
        redirectUrl,
        info,
        client,
        resource,
        browser,
        codeVerifier: started.codeVerifier,
      };
      assertShort(started.authorizationUrl, grant);
      return { authorizationUrl: started.authorizationUrl, pending: grant };
    });
    checkUrl(authorizationUrl.href);
    const until = now() + PENDING_MS;
    const sealed = await vault.seal(belongsTo(key), pending);
    await store.mcpAuthorizations.begin(key, { sealed, hash: hashOf(state), until }, audit);
    return { url: authorizationUrl.href, expiresAt: until };
  }

  /**
   * @param options.browser the sign-in of the browser that brings the answer; null: the user brings it themself.
   * @returns the server that is authorized from now on. @throws TrunklineError
   */
  async finish(
    userId: string,
    answer: McpAuthorizationAnswer,
    options: {
      browser: string | null;
      definitionOf: (serverId: string) => Promise<McpDefinition>;
      audit: (serverId: string) => AuditRecord;
    },
  ): Promise<McpDefinition> {
    const { store, vault, now } = this.#deps;
    const hash = hashOf(answer.state);
    const taken = await store.mcpAuthorizations.take({ userId, hash, now: now() });
    if (taken === undefined) throw unknownState();
    const { serverId } = taken;
    const key = { serverId, userId };
    const definition = await options.definitionOf(serverId);
    const pending = await vault.open<PendingGrant>(belongsTo(key), taken.sealed);
    if (options.browser !== null && pending.browser !== null && pending.browser !== options.browser) {
      throw unknownState();
    }
    checkIssuer(pending, answer.issuer);
    if (answer.code === undefined) {
      throw new TrunklineError(
        "mcp_failed",
        describeFault(new Error(`Not authorized: ${answer.error ?? "no reason given"}`)),
      );
    }
    const { transport } = definition;
    if (transport.kind !== "http" || transport.url !== pending.serverUrl) throw unknownState();
    const { code } = answer;
    const { info, client, redirectUrl, codeVerifier, resource } = pending;
    const grant = await inWords(definition, async () => {
      const { exchangeAuthorization } = await loadSdk();
      const tokens = await exchangeAuthorization(info.authorizationServerUrl, {
        ...(info.authorizationServerMetadata && { metadata: info.authorizationServerMetadata }),
        clientInformation: client,
        authorizationCode: code,
        codeVerifier,
        redirectUri: redirectUrl,
        ...(resource !== null && { resource }),
        fetchFn: this.#fetchFor(definition),
      });
      return grantOf(pending, tokens, now());
    });
    const sealed = await vault.seal(belongsTo(key), grant);
    await store.mcpAuthorizations.put(key, sealed, now(), options.audit(serverId));
    return definition;
  }

  /** @returns null if there is none for the server's address. */
  async grant(
    key: McpAuthorizationKey,
    definition: McpDefinition,
  ): Promise<(Grant & { sealed: string }) | null> {
    const { store, vault } = this.#deps;
    const { sealed = null } = (await store.mcpAuthorizations.find(key)) ?? {};
    if (sealed === null) return null;
    const grant = await vault.open<Grant>(belongsTo(key), sealed);
    const { transport } = definition;
    return transport.kind === "http" && transport.url === grant.serverUrl ? { ...grant, sealed } : null;
  }

  /** Revokes all users' tokens where the authorization server can; who removes a server waits for that a while. */
  async revoke(definition: McpDefinition): Promise<void> {
    const stored = await this.#deps.store.mcpAuthorizations.ofServer(definition.id);
    const revoked = stored.map(async (key) => {
      const grant = await this.grant(key, definition);
      if (grant !== null) await revokeTokens(grant, this.#fetchFor(definition));
    });
    await Promise.allSettled(revoked);
  }

  #fetchFor(definition: McpDefinition): FetchLike {
    const fetch = this.#deps.fetchFor(definition);
    return async (url, init) => {
      const late = AbortSignal.timeout(ANSWER_MS);
      const signal = init?.signal ? AbortSignal.any([init.signal, late]) : late;
      return fetch(url, { ...init, signal });
    };
  }
}

/** When the first user authorizes a server: few servers have one. */
const loadSdk = async () => import("@modelcontextprotocol/sdk/client/auth.js");

/** So that nobody who can write to the database can make one user's tokens another's. */
export function belongsTo({ serverId, userId }: McpAuthorizationKey): string {
  return `${serverId} ${userId}`;
}

function hashOf(state: string): string {
  return createHash("sha256").update(state).digest("hex");
}

/** One registration for each place that browsers return to. */
function reusable(
  before: Grant | null,
  { info }: Discovered,
  redirectUrl: string,
): OAuthClientInformationMixed | null {
  if (before === null || before.redirectUrl !== redirectUrl) return null;
  return before.info.authorizationServerUrl === info.authorizationServerUrl ? before.client : null;
}

async function register(
  { info, scope }: Discovered,
  redirectUrl: string,
  fetch: FetchLike,
): Promise<OAuthClientInformationMixed> {
  const { registerClient } = await loadSdk();
  return registerClient(info.authorizationServerUrl, {
    ...(info.authorizationServerMetadata && { metadata: info.authorizationServerMetadata }),
    clientMetadata: {
      client_name: "Trunkline",
      redirect_uris: [redirectUrl],
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
      token_endpoint_auth_method: "none",
    },
    ...(scope !== undefined && { scope }),
    fetchFn: fetch,
  });
}

/** RFC 9207: the answer comes from the server that was asked. */
function checkIssuer({ info }: PendingGrant, issuer: string | undefined): void {
  const { authorizationServerMetadata: metadata } = info;
  const isPromised =
    metadata !== undefined &&
    Reflect.get(metadata, "authorization_response_iss_parameter_supported") === true;
  if (issuer === undefined ? !isPromised : metadata === undefined || issuer === metadata.issuer) return;
  throw new TrunklineError(
    "mcp_failed",
    "The answer comes from another authorization server than the one that was asked",
  );
}

function unknownState(): TrunklineError {
  return new TrunklineError(
    "not_found",
    "You have no authorization under way that this answers. It works once, for 15 minutes, for whoever asked: ask for a new link",
  );
}

async function inWords<Result>({ name }: McpDefinition, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw new TrunklineError("mcp_failed", `${name} can't be authorized: ${describeFault(error)}`, {
      cause: error,
    });
  }
}
