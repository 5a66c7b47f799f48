import { randomUUID } from "node:crypto";
import { createClient, isApiError, type TrunklineClient } from "@trunkline/client";
import type { Scope } from "@trunkline/contract";
import { type ProcedurePath, procedureSchemas, REQUIRED_SCOPES, REST_ROUTES } from "@trunkline/contract/rest";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AddedUser, addUser } from "../add-user.ts";
import { browserHeaders } from "../browser-headers.ts";
import { readLog } from "../read-log.ts";
import { ServerFixture } from "../server-fixture.ts";
import { waitFor } from "../wait-for.ts";
import { accessCalls, type Call } from "./access-calls.ts";
import { DECISIONS, type Owned } from "./access-decisions.ts";
import { newPushDevice } from "./push-device.ts";
import { startBusySession, WORD } from "./busy-session.ts";

type Headers = Record<string, string>;

const PATHS = Object.keys(REST_ROUTES) as ProcedurePath[];
const OPEN_TO_LINKS: ProcedurePath[] = ["session.get", "session.events", "session.subscribe"];
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** Ids of nothing. */
const NOTHING: Owned = {
  userId: randomUUID(),
  tokenId: randomUUID(),
  projectId: randomUUID(),
  mcpServerId: randomUUID(),
  ruleId: randomUUID(),
  shareId: randomUUID(),
  pushId: randomUUID(),
  sessionId: randomUUID(),
  ended: randomUUID(),
  active: randomUUID(),
  queued: [randomUUID(), randomUUID()],
  asking: { sessionId: randomUUID(), approvalId: randomUUID(), questionId: randomUUID() },
};

/** That users can have keys for; nothing is asked of it. */
const PROVIDER = { ANTHROPIC_API_KEY: "sk-none", TRUNKLINE_MODEL: "demo" };

let server: ServerFixture;
let admin: TrunklineClient;
let owned: Owned;
let owner: TrunklineClient;
let ownerTokens: Readonly<Record<"read" | "write", Headers>>;
/** A shared link to the owner's session. */
let link: Headers;
let others: Readonly<Record<"read" | "write", Headers>>;
/** Invalid credentials: revoked, expired or made up. */
let unknown: Readonly<Record<string, Headers>>;
let surfaces: ReturnType<typeof accessCalls>;

const bearer = (secret: string): Headers => ({ authorization: `Bearer ${secret}` });
const newToken = async ({ client }: AddedUser, scope: Scope, expiresAt?: number) =>
  client.token.create.mutate({ name: scope, scope, ...(expiresAt !== undefined && { expiresAt }) });

beforeAll(async () => {
  server = await ServerFixture.start({ env: { TRUNKLINE_REQUESTS_PER_MINUTE: "1000000", ...PROVIDER } });
  admin = server.client;
  surfaces = accessCalls(server.url);

  const alice = await addUser(server, "alice");
  const [write, read] = [await newToken(alice, "write"), await newToken(alice, "read")];
  owner = createClient({ url: server.url, token: write.secret });
  const project = await owner.project.create.mutate({
    name: WORD,
    source: { kind: "git", url: `https://git.example/${WORD}.git` },
  });
  const mcpServer = await owner.mcp.add.mutate({
    projectId: project.id,
    name: "tools",
    transport: { kind: "stdio", command: "true" },
  });
  const rule = await owner.rule.create.mutate({ effect: "allow", tool: "bash", pattern: `echo ${WORD}` });
  const busy = await startBusySession(owner);
  const shared = await owner.share.create.mutate({ sessionId: busy.sessionId });
  const push = await owner.push.subscribe.mutate(newPushDevice());
  link = bearer(shared.secret);
  owned = {
    ...busy,
    userId: alice.userId,
    tokenId: write.token.id,
    projectId: project.id,
    mcpServerId: mcpServer.id,
    ruleId: rule.id,
    shareId: shared.share.id,
    pushId: push.id,
  };
  ownerTokens = { write: bearer(write.secret), read: bearer(read.secret) };

  const other = await addUser(server, "bob");
  others = {
    write: bearer((await newToken(other, "write")).secret),
    read: bearer((await newToken(other, "read")).secret),
  };

  const revokedLink = await owner.share.create.mutate({ sessionId: owned.sessionId });
  await owner.share.revoke.mutate({ shareId: revokedLink.share.id });
  const revoked = await newToken(alice, "write");
  const browser = await signIn(revoked.secret);
  await admin.token.revoke.mutate({ tokenId: revoked.token.id });
  const removed = await addUser(server, "carol");
  await admin.user.remove.mutate({ userId: removed.userId });
  const expired = await newShortToken(alice);
  await waitFor("the token to expire", async () => {
    const { status } = await surfaces.tRPC("user.me", {}, bearer(expired.secret));
    return status === 401;
  });
  unknown = {
    anonymous: {},
    "a token that nobody made": bearer(`tl_${"x".repeat(43)}`),
    "a revoked token": bearer(revoked.secret),
    "an expired token": bearer(expired.secret),
    "a removed user's token": bearer(removed.token),
    "a revoked link": bearer(revokedLink.secret),
    "a browser that was signed in with a revoked token": { ...browser, origin: server.url },
  };
});
afterAll(async () => server[Symbol.asyncDispose]());

/** One that expires soon; later with each attempt, because none is made whose time is over when the server gets to it. */
async function newShortToken(user: AddedUser) {
  for (let ms = 2_000; ; ms *= 2) {
    const made = await newToken(user, "write", Date.now() + ms).catch((error: unknown) => {
      if (isApiError(error) && error.reason === "validation_failed" && ms < 60_000) return null;
      throw error;
    });
    if (made !== null) return made;
  }
}

async function signIn(token: string): Promise<Record<string, string>> {
  const asked = await fetch(`${server.url}/api/sign-in-codes`, { method: "POST", headers: bearer(token) });
  const { url } = (await asked.json()) as { url: string };
  return browserHeaders(await fetch(url, { redirect: "manual" }));
}

/**
 * Asks for something of the owner's and for something that does not exist: a stranger must not be able to tell which.
 */
async function askForBoth(call: Call, path: ProcedurePath, headers: Headers) {
  const { input } = DECISIONS[path];
  const mine = await call(path, input(owned), headers);
  const nobodys = await call(path, input(NOTHING), headers);
  const alike = ({ status, body }: typeof mine) => ({ status, body: body.replaceAll(UUID, "id") });
  expect(alike(mine)).toEqual(alike(nobodys));
  return mine;
}

it("every procedure has a decision", () => {
  expect(Object.keys(DECISIONS).toSorted()).toEqual(PATHS.toSorted());
});

it.each(PATHS)("%s demands the scope that was decided", (path) => {
  expect(REQUIRED_SCOPES[path]).toBe(DECISIONS[path].scope);
});

describe.each(["tRPC", "REST"] as const)("over %s", (surface) => {
  const call: Call = (...args) => surfaces[surface](...args);

  describe.each([
    "anonymous",
    "a token that nobody made",
    "a revoked token",
    "an expired token",
    "a removed user's token",
    "a revoked link",
    "a browser that was signed in with a revoked token",
  ])("%s", (caller) => {
    it.each(PATHS)("gets nothing of %s", async (path) => {
      const { status, body } = await askForBoth(call, path, unknown[caller]!);
      expect(status).toBe(401);
      expect(JSON.parse(body)).toMatchObject({ error: { data: { reason: "unauthorized" } } });
    });
  });

  describe("a token without the scope", () => {
    it.each(PATHS.filter((path) => DECISIONS[path].scope !== "read"))("may not %s", async (path) => {
      const scope = DECISIONS[path].scope === "admin" ? "write" : "read";
      for (const headers of [ownerTokens[scope], others[scope]]) {
        const { status, body } = await askForBoth(call, path, headers);
        expect(status).toBe(403);
        expect(JSON.parse(body)).toMatchObject({ error: { data: { reason: "forbidden" } } });
      }
    });
  });

  describe("a shared link", () => {
    it.each(PATHS.filter((path) => !OPEN_TO_LINKS.includes(path)))("may not %s", async (path) => {
      expect((await askForBoth(call, path, link)).status).toBe(403);
    });

    it.each(OPEN_TO_LINKS)("reads its own session by %s, no other, and nobody's name", async (path) => {
      const own = await call(path, DECISIONS[path].input(owned), link);
      expect(own.status).toBe(200);
      for (const hidden of [owned.userId, owned.projectId, '"alice"', server.dataDir]) {
        expect(own.body).not.toContain(hidden);
      }
      const { asking } = owned;
      const elsewhere = await call(
        path,
        { ...DECISIONS[path].input(owned), sessionId: asking.sessionId },
        link,
      );
      expect(elsewhere.status).toBe(404);
    });
  });

  describe("another user", () => {
    it.each(PATHS.filter((path) => DECISIONS[path].others === "not_found"))(
      "finds in %s what does not exist",
      async (path) => {
        const { status, body } = await askForBoth(call, path, others.write);
        expect(status).toBe(404);
        expect(body).toContain('"reason":"not_found"');
      },
    );

    it.each(PATHS.filter((path) => DECISIONS[path].others === "own"))(
      "finds in %s nothing of the owner's",
      async (path) => {
        const { status, body } = await call(path, DECISIONS[path].input(owned), others.write);
        expect([200, 201]).toContain(status);
        const ids = JSON.stringify(owned).match(UUID)!;
        for (const secret of [...ids, ...(path === "agent.list" ? [] : [WORD])]) {
          expect(body).not.toContain(secret);
        }
      },
    );

    it.each(PATHS.filter((path) => DECISIONS[path].others === "forbidden"))("may not %s", async (path) => {
      expect((await askForBoth(call, path, others.write)).status).toBe(403);
    });
  });

  it.each(PATHS.filter((path) => DECISIONS[path].others === "not_found" && !path.startsWith("token.")))(
    "an admin finds in %s what does not exist: sessions are their owner's alone",
    async (path) => {
      expect((await askForBoth(call, path, bearer(server.token))).status).toBe(404);
    },
  );

  it.each(PATHS.filter((path) => DECISIONS[path].scope === "read"))(
    "the owner may %s, with the scope read",
    async (path) => {
      const { status } = await call(path, DECISIONS[path].input(owned), ownerTokens.read);
      expect(status).toBe(200);
    },
  );
});

/** The state decides what is possible; any other error shows that it was allowed. */
const REFUSALS = [401, 403, 404];

it("all that was refused has changed nothing, and the owner may do it with the scope write", async () => {
  const states = async () => {
    const { tasks } = await owner.session.get.query({ sessionId: owned.sessionId });
    return Object.fromEntries(tasks.map(({ id, state }) => [id, state]));
  };
  const [first, second] = owned.queued;
  expect(await states()).toEqual({
    [owned.ended]: "completed",
    [owned.active]: "working",
    [first]: "submitted",
    [second]: "submitted",
  });
  const { session } = await owner.session.get.query({ sessionId: owned.sessionId });
  expect(session.title).not.toBe("x");
  expect((await owner.session.list.query({})).items).toHaveLength(2);
  expect(await readLog(owner, owned.sessionId)).not.toContainEqual(
    expect.objectContaining({ type: "session.updated" }),
  );
  expect((await admin.user.list.query({ name: "mallory" })).items).toEqual([]);
  expect((await admin.user.list.query({ name: "alice" })).items).toMatchObject([{ removedAt: null }]);

  const last = [
    "push.unsubscribe",
    "share.revoke",
    "session.delete",
    "mcp.remove",
    "project.delete",
    "token.revoke",
  ];
  // There is nothing to finish: authorization.int.test.ts has it, with whose it is; and nobody to send to: push.int.test.ts.
  const elsewhere = ["mcp.finishAuthorization", "push.test", ...last];
  const writing = PATHS.filter((path) => DECISIONS[path].scope === "write" && !elsewhere.includes(path));
  for (const path of [...writing, ...last] as ProcedurePath[]) {
    expect(procedureSchemas(path).kind).toBe("mutation");
    const { status } = await surfaces.tRPC(path, DECISIONS[path].input(owned), ownerTokens.write);
    expect(REFUSALS, path).not.toContain(status);
  }
});
