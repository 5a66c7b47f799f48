import type { FetchLike } from "@modelcontextprotocol/sdk/shared/transport.js";
import type { Grant } from "./grant.ts";

/** Tells the authorization server that tokens are not needed any more (RFC 7009), where it wants to know. */
export async function revokeTokens({ info, client, tokens }: Grant, fetch: FetchLike): Promise<void> {
  const { authorizationServerMetadata: metadata } = info;
  const endpoint: unknown = metadata && Reflect.get(metadata, "revocation_endpoint");
  if (typeof endpoint !== "string" || !URL.canParse(endpoint)) return;
  const { selectClientAuthMethod } = await import("@modelcontextprotocol/sdk/client/auth.js");
  const given = [
    ["refresh_token", tokens.refresh_token],
    ["access_token", tokens.access_token],
  ] as const;
  for (const [hint, token] of given) {
    if (token === undefined) continue;
    const headers = new Headers();
    const body = new URLSearchParams({ token, token_type_hint: hint });
    const supported = metadata?.token_endpoint_auth_methods_supported ?? [];
    if (selectClientAuthMethod(client, supported) === "client_secret_basic") {
      const pair = [client.client_id, client.client_secret ?? ""].map(encodeURIComponent).join(":");
      headers.set("authorization", `Basic ${Buffer.from(pair).toString("base64")}`);
    } else {
      body.set("client_id", client.client_id);
      if (client.client_secret !== undefined) body.set("client_secret", client.client_secret);
    }
    const response = await fetch(new URL(endpoint), { method: "POST", headers, body });
    await response.body?.cancel();
  }
}
