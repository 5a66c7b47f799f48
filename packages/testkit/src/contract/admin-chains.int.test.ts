import { randomUUID } from "node:crypto";
import { followTask } from "@trunkline/client";
import { type ProcedurePath, procedureSchemas, REST_ROUTES } from "@trunkline/contract/rest";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addUser, redeemInvitation } from "../add-user.ts";
import { ServerFixture } from "../server-fixture.ts";
import { accessCalls } from "./access-calls.ts";
import { DECISIONS, type Owned } from "./access-decisions.ts";
import { newPushDevice } from "./push-device.ts";
import type { Input } from "./surface.ts";

type Headers = Record<string, string>;

/** A call by the admin about another user. */
interface Step {
  name: string;
  path: ProcedurePath;
  input: (victim: Victim) => Input;
}

interface Victim {
  name: string;
  owned: Owned;
  /** Part of everything in the victim's session. */
  mark: string;
}

const PATHS = Object.keys(REST_ROUTES) as ProcedurePath[];

/** Every procedure, with variants for inputs that change its meaning. */
const STEPS: readonly Step[] = [
  ...PATHS.map((path) => ({ name: path, path, input: ({ owned }: Victim) => DECISIONS[path].input(owned) })),
  {
    name: "user.create, restored",
    path: "user.create",
    input: ({ name }) => ({ name, restore: true }),
  },
  { name: "user.create, of that name", path: "user.create", input: ({ name }) => ({ name }) },
  {
    name: "user.remove, with sessions",
    path: "user.remove",
    input: ({ owned: { userId } }) => ({ userId, deleteSessions: true }),
  },
  { name: "token.create, admin", path: "token.create", input: () => ({ name: "x", scope: "admin" }) },
  { name: "search for it", path: "search.query", input: ({ mark }) => ({ text: mark }) },
  {
    name: "token.list, of all",
    path: "token.list",
    input: () => ({ everyone: true, ended: true, limit: 200 }),
  },
];

/** The least invasive first, so that nothing is hidden by earlier calls. */
const SECOND: readonly Step[] = STEPS.toSorted((a, b) => rank(a) - rank(b));

function rank({ path, name }: Step): number {
  if (procedureSchemas(path).kind !== "mutation") return 0;
  return name.includes("sessions") ? 3 : path === "user.remove" ? 2 : 1;
}

let server: ServerFixture;
let call: ReturnType<typeof accessCalls>["tRPC"];
beforeAll(async () => {
  server = await ServerFixture.start({ env: { TRUNKLINE_REQUESTS_PER_MINUTE: "1000000" } });
  call = accessCalls(server.url).tRPC;
});
afterAll(async () => server[Symbol.asyncDispose]());

const bearer = (token: string): Headers => ({ authorization: `Bearer ${token}` });

async function newVictim(): Promise<Victim> {
  const name = `victim-${randomUUID()}`;
  const mark = `mark${randomUUID().replaceAll("-", "")}`;
  const { userId, tokenId, client } = await addUser(server, name);
  const task = await client.task.submit.mutate({ prompt: `say: ${mark}` });
  for await (const { type } of followTask(client, task)) if (type === "task.completed") break;
  const { sessionId, taskId } = task;
  await client.session.update.mutate({ sessionId, title: mark });
  const nothing = { sessionId, approvalId: randomUUID(), questionId: randomUUID() };
  const owned: Owned = {
    userId,
    tokenId,
    projectId: randomUUID(),
    mcpServerId: randomUUID(),
    ruleId: randomUUID(),
    shareId: randomUUID(),
    pushId: (await client.push.subscribe.mutate(newPushDevice())).id,
    sessionId,
    ended: taskId,
    active: taskId,
    queued: [taskId, taskId],
    asking: nothing,
  };
  // Visible to those who may see it.
  const { body } = await call(
    "session.export",
    { sessionId },
    bearer((await client.token.create.mutate({ name: "own" })).secret),
  );
  expect(body).toContain(mark);
  return { name, owned, mark };
}

/** Anything in a response that grants access. */
async function credentialsIn(body: string): Promise<Headers[]> {
  const tokens: string[] = body.match(/tl_[\w-]{43}/g) ?? [];
  for (const [, code = ""] of body.matchAll(/"code":"([\w-]{43})"/g)) {
    const joined = await redeemInvitation(server.url, code).catch(() => null);
    if (joined !== null) tokens.push(joined.secret);
  }
  return tokens.map(bearer);
}

/** The admin's own, and those returned by calls. */
class Wallet {
  readonly headers: Headers[] = [bearer(server.token)];

  async make({ path, input }: Step, victim: Victim): Promise<string[]> {
    const bodies: string[] = [];
    for (const headers of this.headers.slice()) {
      const { body } = await call(path, input(victim), headers);
      bodies.push(body);
      // One of each kind is enough: they belong to the same user.
      if (this.headers.length < 4) this.headers.push(...(await credentialsIn(body)));
    }
    return bodies;
  }
}

const READS = SECOND.filter((step) => rank(step) === 0);

describe("H6: an admin sees nothing of another user's sessions", () => {
  /** What changes nothing opens no way for a second call, unless it gave a credential. */
  it("by any query", async () => {
    const victim = await newVictim();
    const wallet = new Wallet();
    for (const read of READS) {
      for (const body of await wallet.make(read, victim)) {
        expect(body.replaceAll(`"text":"${victim.mark}"`, ""), read.name).not.toContain(victim.mark);
      }
    }
    expect(wallet.headers).toHaveLength(1);
  });

  const mutations = STEPS.filter((step) => rank(step) > 0);
  it.each(mutations)("by $name and any second call", async (first) => {
    const victim = await newVictim();
    const wallet = new Wallet();
    await wallet.make(first, victim);
    for (const second of SECOND) {
      const before = wallet.headers.length;
      for (const body of await wallet.make(second, victim)) {
        // Ignores the caller's own input echoed in the result.
        expect(body.replaceAll(`"text":"${victim.mark}"`, ""), second.name).not.toContain(victim.mark);
      }
      if (wallet.headers.length === before) continue;
      for (const read of READS) {
        for (const body of await wallet.make(read, victim))
          expect(body, `${second.name}, ${read.name}`).not.toContain(victim.mark);
      }
    }
  });

  it("by removing and bringing back and inviting, whatever the order", async () => {
    const named = (name: string) => STEPS.find((step) => step.name === name)!;
    const [remove, restore, invite, create] = [
      named("user.remove"),
      named("user.create, restored"),
      named("user.invite"),
      named("token.create"),
    ];
    for (const chain of [
      [remove, restore, invite],
      [remove, restore, create],
      [remove, invite, restore, invite],
      [named("token.revoke"), invite],
      [named("token.revoke"), remove, restore, invite, create],
    ]) {
      const victim = await newVictim();
      const wallet = new Wallet();
      for (const step of [...chain, ...READS]) {
        for (const body of await wallet.make(step, victim)) expect(body).not.toContain(victim.mark);
      }
      expect(wallet.headers).toHaveLength(1);
    }
  });

  it("by redeeming an invitation: the user is shut out, and so knows", async () => {
    const { id: userId } = await server.client.user.create.mutate({ name: "newcomer" });
    const first = await server.client.user.invite.mutate({ userId });
    const second = await server.client.user.invite.mutate({ userId });
    await expect(redeemInvitation(server.url, first.code)).rejects.toThrow("401");
    await redeemInvitation(server.url, second.code);
    await expect(redeemInvitation(server.url, second.code)).rejects.toThrow("401");
    await expect(server.client.user.invite.mutate({ userId })).rejects.toMatchObject({
      reason: "user_joined",
    });
    const { items } = await server.client.audit.list.query({ action: "user.join" });
    expect(items[0]).toMatchObject({ target: userId, userName: "newcomer", decision: "allowed" });
  });
});
