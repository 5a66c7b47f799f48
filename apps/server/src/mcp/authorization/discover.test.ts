import { expect, it } from "vitest";
import { discover } from "./discover.ts";

const SERVER = "https://mcp.example/mcp";
const ISSUER = "https://login.example/tenant";
const METADATA = {
  issuer: ISSUER,
  authorization_endpoint: `${ISSUER}/authorize`,
  token_endpoint: `${ISSUER}/token`,
  registration_endpoint: `${ISSUER}/register`,
  response_types_supported: ["code"],
  scopes_supported: ["offline_access"],
};
const RESOURCE = { resource: SERVER, authorization_servers: [ISSUER], scopes_supported: ["a", "b"] };

/** A server that answers with these documents. @returns also what it was asked */
function site({ resource = RESOURCE, metadata = METADATA, challenge = "" } = {}) {
  const asked: string[] = [];
  const fetch = async (url: string | URL): Promise<Response> => {
    asked.push(String(url));
    if (String(url) === SERVER) {
      return new Response(null, { status: 401, headers: { "www-authenticate": `Bearer ${challenge}` } });
    }
    if (String(url).includes("oauth-protected-resource")) return Response.json(resource);
    return Response.json(metadata);
  };
  return { fetch, asked };
}

it("finds who authorizes, for what, and asks for what renews it", async () => {
  const found = await discover(SERVER, site().fetch);
  expect(found).toMatchObject({ resource: SERVER, scope: "a b offline_access" });
  expect(found.info.authorizationServerMetadata?.token_endpoint).toBe(`${ISSUER}/token`);
});

it("follows the server's challenge", async () => {
  const { fetch, asked } = site({
    challenge: 'resource_metadata="https://mcp.example/oauth-protected-resource/here", scope="c"',
  });
  expect(await discover(SERVER, fetch)).toMatchObject({ scope: "c offline_access" });
  expect(asked).toContain("https://mcp.example/oauth-protected-resource/here");
});

it.each([
  ["an issuer that is another", { metadata: { ...METADATA, issuer: "https://honest.example" } }],
  ["a resource that is another", { resource: { ...RESOURCE, resource: "https://honest.example/mcp" } }],
])("refuses %s", async (_, documents) => {
  await expect(discover(SERVER, site(documents).fetch)).rejects.toThrow(/says that it is/);
});
