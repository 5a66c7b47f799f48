import { createECDH, randomBytes } from "node:crypto";
import { redeemInvitation, ServerFixture } from "@trunkline/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";
import { CliProcess, type CliResult } from "../testing/cli-process.ts";

let server: ServerFixture;
beforeAll(async () => {
  server = await ServerFixture.start();
});
afterAll(() => server[Symbol.asyncDispose]());

const cli = (...args: string[]): Promise<CliResult> =>
  CliProcess.run(args, { TRUNKLINE_DATA_DIR: server.dataDir });
const as = (token: string, ...args: string[]): Promise<CliResult> =>
  CliProcess.run(args, { TRUNKLINE_URL: server.url, TRUNKLINE_TOKEN: token });
const linesOf = ({ out }: CliResult) =>
  out.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line) as Record<string, unknown>]));

it("adds a user, gives them a token, takes it away, and has it all in the trail", async () => {
  const added = await cli("user", "add", "alice");
  expect(added).toMatchObject({ exitCode: 0, err: expect.stringContaining("user invite alice") });
  const userId = added.out.trim();
  expect((await cli("user", "add", "alice")).err).toContain("There is a user alice already");

  const invited = await cli("user", "invite", "alice");
  const [, code = ""] = /^http:\/\/127\.0\.0\.1:\d+\/invite\?code=([\w-]{43})\n$/.exec(invited.out) ?? [];
  const first = await redeemInvitation(server.url, code);
  expect(await cli("user", "invite", "alice")).toMatchObject({
    exitCode: 1,
    err: expect.stringContaining("alice has already joined"),
  });
  const made = await as(first.secret, "token", "create", "laptop", "--expires", "30d");
  const secret = made.out.trim();
  expect(secret).toMatch(/^tl_[\w-]{43}$/);
  const [token] = linesOf(await cli("token", "list", "--user", "alice", "--json"));
  expect(token).toMatchObject({ userId, userName: "alice", name: "laptop", scopes: ["read", "write"] });
  expect(token?.["expiresAt"]).toBeGreaterThan(Date.now() + 29 * 86_400_000);
  expect(JSON.stringify(token)).not.toContain(secret);

  expect((await as(secret, "sessions")).exitCode).toBe(0);
  expect((await as(secret, "login")).out).toContain("/sign-in?code=");
  expect(await as(secret, "user", "list")).toMatchObject({
    exitCode: 4,
    err: expect.stringContaining("'admin'"),
  });
  expect(await as(secret, "token", "create", "more", "--scope", "admin")).toMatchObject({ exitCode: 4 });

  expect((await cli("token", "revoke", String(token?.["id"]))).out).toBe("Revoked laptop\n");
  expect((await as(secret, "sessions")).err).toContain("does not accept the token");

  expect((await cli("user", "remove", "alice")).out).toBe("Removed alice; their sessions are kept.\n");
  expect((await cli("user", "list")).out).toMatch(/removed +alice/);

  const trail = linesOf(await cli("audit", "--json"));
  expect(trail.map(({ action, decision }) => `${action as string} ${decision as string}`)).toEqual([
    "user.remove allowed",
    "GET /trpc denied",
    "token.revoke allowed",
    "token.create denied",
    "user.list denied",
    "token.create allowed",
    "user.join allowed",
    "user.invite allowed",
    "user.create allowed",
  ]);
  expect((await cli("audit")).out).toContain("token.revoke");
  expect(linesOf(await cli("audit", "--denied", "--user", "alice", "--json"))).toHaveLength(2);
  expect(JSON.stringify(trail)).not.toMatch(/tl_[\w-]{43}/);
});

it.each(["30", "0d", "1y", "-1d"])("does not take %s as how long a token holds", async (span) => {
  expect(await cli("token", "create", "x", `--expires=${span}`)).toMatchObject({ exitCode: 2 });
});

it("does not remove whom it does not find, nor the server's own user", async () => {
  expect((await cli("user", "remove", "nobody")).err).toContain("There is no user 'nobody'");
  expect((await cli("user", "remove", "local")).err).toContain("can't be removed");
});

it("shares a session by a link, lists it without its secret, and revokes it", async () => {
  const { id } = await server.client.session.create.mutate({ title: "To be shown" });
  const made = await cli("share", "create", id, "--expires", "never");
  expect(made.exitCode, made.err).toBe(0);
  const [, token = ""] = new RegExp(`^${server.url}/shared/${id}#(tl_[\\w-]{43})\n$`).exec(made.out) ?? [];
  expect(token, made.out).not.toBe("");
  expect(await as(token, "export", id)).toMatchObject({
    exitCode: 4,
    err: expect.stringContaining("refused"),
  });
  const listed = await cli("share", "list", id, "--json");
  expect(listed.exitCode, listed.err).toBe(0);
  const [share] = linesOf(listed);
  expect(share).toMatchObject({ sessionId: id, expiresAt: null });
  expect(listed.out).not.toContain("tl_");
  expect((await cli("share", "list", id)).out).toContain("never");
  const shareId = String(share?.["id"]);
  expect((await cli("share", "revoke", shareId)).out).toBe(`Revoked ${shareId}\n`);
  expect((await cli("share", "list", id)).err).toContain("No links.");
});

it("lists the devices that get push notifications, and removes them", async () => {
  const endpoint = "https://push.example/secret-address";
  const keys = {
    p256dh: createECDH("prime256v1").generateKeys("base64url"),
    auth: randomBytes(16).toString("base64url"),
  };
  const { id } = await server.client.push.subscribe.mutate({ endpoint, keys, device: "Firefox on Linux" });
  const listed = await cli("push", "list");
  expect(listed.out).toContain("Firefox on Linux");
  const json = await cli("push", "list", "--json");
  expect(linesOf(json)).toMatchObject([
    { id, device: "Firefox on Linux", lastSuccessAt: null, failure: null },
  ]);
  expect(json.out + listed.out).not.toContain("secret-address");
  expect((await cli("push", "remove", id)).out).toBe("Removed Firefox on Linux\n");
  expect((await cli("push", "list")).err).toContain("No devices.");
  expect(await cli("push", "remove", id)).toMatchObject({ exitCode: 2, err: expect.stringContaining(id) });
});
