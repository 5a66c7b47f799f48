import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TrunklineClient } from "@trunkline/client";
import { type AddedUser, addUser, browserHeaders, ServerFixture } from "@trunkline/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";
import { agree } from "../testing/authorization-server.ts";
import { ProtectedServer } from "../testing/protected-server.ts";

let remote: ProtectedServer;
let server: ServerFixture;
let other: AddedUser;
let directory: string;
beforeAll(async () => {
  remote = await ProtectedServer.start();
  directory = await mkdtemp(join(tmpdir(), "trunkline-mcp-"));
  const configFile = join(directory, "trunkline.config.json");
  await writeFile(configFile, JSON.stringify({ mcpPrivateHosts: remote.hosts }));
  server = await ServerFixture.start({ env: { TRUNKLINE_CONFIG_FILE: configFile, TRUNKLINE_MODEL: "demo" } });
  other = await addUser(server, "other", "write");
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await remote[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
});

const add = async (name: string, url = remote.url, client: TrunklineClient = server.client) =>
  (await client.mcp.add.mutate({ name, transport: { kind: "http", url } })).id;
const stateOf = async (serverId: string) => (await server.client.mcp.restart.mutate({ serverId })).state;

/** @returns the address that the browser of whoever agrees is sent to. */
async function answerTo(serverId: string, client: TrunklineClient = server.client): Promise<string> {
  const link = await client.mcp.authorize.mutate({ serverId, origin: server.url });
  expect(new URL(link.url).origin).toBe(remote.authorization.issuer);
  expect(link.redirectUrl).toBe(`${server.url}/mcp/authorized`);
  return agree(link.url, link.redirectUrl);
}

async function authorized(name: string): Promise<string> {
  const serverId = await add(name);
  const address = await answerTo(serverId);
  const finished = await server.client.mcp.finishAuthorization.mutate({ address });
  expect(finished).toMatchObject({ id: serverId, state: "connected", message: null, toolCount: 1 });
  return serverId;
}

/** Posts the form of the page that the browser was sent to. */
async function finishInBrowser(address: string, headers: Record<string, string>): Promise<Response> {
  const page = await (await fetch(address)).text();
  const fields = [...page.matchAll(/name="(\w+)" value="([^"]*)"/g)].map(([, name = "", value = ""]) => [
    name,
    value.replaceAll("&amp;", "&"),
  ]);
  return fetch(new URL("/mcp/authorized", address), {
    method: "POST",
    headers: { origin: server.url, ...headers },
    body: new URLSearchParams(fields),
  });
}

async function signIn(client: { url: string; token: string }) {
  const answer = await fetch(`${client.url}/sign-in`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: client.url },
    body: JSON.stringify({ token: client.token }),
  });
  return browserHeaders(answer);
}

it("says that it needs an authorization, and has one once the address is pasted, by whoever asked and once", async () => {
  const serverId = await add("pasted");
  expect(await server.client.mcp.get.query({ serverId })).toMatchObject({
    state: "needs-authorization",
    message: expect.stringContaining("mcp authorize pasted"),
    retryAt: null,
    tools: [],
  });
  const address = await answerTo(serverId);
  const finish = async (client: TrunklineClient, at: string) =>
    client.mcp.finishAuthorization.mutate({ address: at });
  const wrong = new URL(address);
  wrong.searchParams.set("state", "another");
  await expect(finish(server.client, wrong.href)).rejects.toMatchObject({ reason: "not_found" });
  await expect(finish(other.client, address)).rejects.toMatchObject({ reason: "not_found" });
  await expect(finish(server.client, "code")).rejects.toMatchObject({ reason: "validation_failed" });
  expect(await finish(server.client, address)).toMatchObject({
    id: serverId,
    state: "connected",
    toolCount: 1,
  });
  await expect(finish(server.client, address)).rejects.toMatchObject({ reason: "not_found" });
});

it("takes no answer of another authorization server, and no refusal for an authorization", async () => {
  const serverId = await add("refused");
  const forged = new URL(await answerTo(serverId));
  forged.searchParams.set("iss", "https://evil.example");
  const finish = async (at: URL) => server.client.mcp.finishAuthorization.mutate({ address: at.href });
  await expect(finish(forged)).rejects.toMatchObject({ reason: "mcp_failed" });
  const denied = new URL(await answerTo(serverId));
  denied.searchParams.delete("code");
  denied.searchParams.set("error", "access_denied");
  await expect(finish(denied)).rejects.toMatchObject({ message: expect.stringContaining("access_denied") });
  expect(await stateOf(serverId)).toBe("needs-authorization");
});

it("is finished in a browser of the user who asked, and in the one that asked", async () => {
  const [mine, another, theirs] = await Promise.all([
    signIn({ url: server.url, token: server.token }),
    signIn({ url: server.url, token: server.token }),
    signIn({ url: server.url, token: other.token }),
  ]);
  const serverId = await add("in-browser");
  const address = await answerTo(serverId);
  expect((await finishInBrowser(address, {})).status).toBe(403);
  expect((await finishInBrowser(address, { cookie: theirs["cookie"] ?? "" })).status).toBe(403);
  const mineAlone = { cookie: mine["cookie"] ?? "" };
  expect((await finishInBrowser(address, { ...mineAlone, origin: "https://evil.example" })).status).toBe(403);
  const done = await finishInBrowser(address, mineAlone);
  expect([done.status, await done.text()]).toEqual([
    200,
    expect.stringContaining("in-browser is authorized"),
  ]);

  const asked = await fetch(`${server.url}/api/mcp-servers/${serverId}/authorize`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: server.url, ...mine },
    body: JSON.stringify({ origin: server.url }),
  });
  const link = (await asked.json()) as { url: string; redirectUrl: string };
  const again = await agree(link.url, link.redirectUrl);
  expect((await finishInBrowser(again, { cookie: another["cookie"] ?? "" })).status).toBe(403);
});

it("renews tokens once for calls that come together, also where the server has forgotten them", async () => {
  const { provider } = remote.authorization;
  const serverId = await authorized("renewed");
  const before = remote.taken.at(-1) ?? "";
  await (await provider.AccessToken.find(before))?.destroy();
  const calls = await Promise.all([1, 2, 3].map(async () => stateOf(serverId)));
  expect(calls.at(-1)).toBe("connected");
  const [after, ...more] = remote.taken.slice(remote.taken.indexOf(before) + 1);
  expect(more).toEqual([]);
  expect((await provider.AccessToken.find(after ?? ""))?.accountId).toBe("alice");
});

it("asks its user again once the authorization is revoked, and keeps working after a restart until then", async () => {
  const { provider } = remote.authorization;
  const serverId = await authorized("revoked");
  await server.restart();
  expect(await stateOf(serverId)).toBe("connected");
  const { grantId = "" } = (await provider.AccessToken.find(remote.taken.at(-1) ?? "")) ?? {};
  await Promise.all([
    provider.AccessToken.revokeByGrantId(grantId),
    provider.RefreshToken.revokeByGrantId(grantId),
  ]);
  expect(await stateOf(serverId)).toBe("needs-authorization");
  const address = await answerTo(serverId);
  expect((await server.client.mcp.finishAuthorization.mutate({ address })).state).toBe("connected");
});

it("revokes what was authorized when the server is removed", async () => {
  const { provider } = remote.authorization;
  const serverId = await authorized("removed");
  const token = remote.taken.at(-1) ?? "";
  expect(await provider.AccessToken.find(token)).toBeDefined();
  await server.client.mcp.remove.mutate({ serverId });
  expect(await provider.AccessToken.find(token)).toBeUndefined();
  expect(server.logs).not.toContain(token);
});

it("sends nobody elsewhere, and asks no authorization server at a private address", async () => {
  const serverId = await add("elsewhere", remote.url.replace("/mcp", "/elsewhere"));
  const authorize = async (id: string, origin: string) =>
    server.client.mcp.authorize.mutate({ serverId: id, origin });
  await expect(authorize(serverId, server.url)).rejects.toMatchObject({
    reason: "mcp_failed",
    message: expect.stringContaining("over https alone"),
  });
  for (const origin of ["https://evil.example", `${server.url}/path`, "javascript:alert(1)"]) {
    await expect(authorize(serverId, origin)).rejects.toMatchObject({ reason: "validation_failed" });
  }
});
