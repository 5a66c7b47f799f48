import type { Principal } from "@trunkline/contract";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openSqliteStore } from "../store/sqlite/sqlite-store.ts";
import { type Store, UniqueViolationError } from "../store/port.ts";
import { tamperWithAudit } from "../store/testing/raw-rows.ts";
import { TemporaryDirectory } from "../store/testing/temporary-directory.ts";
import { createAudit } from "./audit.ts";
import type { Audit } from "./port.ts";

const alice: Principal = {
  userId: "00000000-0000-7000-8000-00000000000a",
  name: "alice",
  scopes: ["read", "write"],
  tokenId: "00000000-0000-7000-8000-0000000000ff",
  address: "203.0.113.9",
};

let directory: TemporaryDirectory;
let store: Store;
let audit: Audit;
let logged: string[];
beforeEach(async () => {
  directory = await TemporaryDirectory.create();
  store = await openSqliteStore({
    path: `${directory.path}/trunkline.db`,
    now: Date.now,
    onFatal(error) {
      throw error;
    },
  });
  logged = [];
  audit = createAudit({ store, logger: pino({}, { write: (line) => logged.push(line) }), now: () => 7 });
});
afterEach(async () => {
  vi.useRealTimers();
  await store.close();
  await directory[Symbol.asyncDispose]();
});

const rows = async () => (await store.audit.page({ limit: 1_000 })).toReversed();

describe("an entry", () => {
  it("says who, what, to what, how it was decided, when and from where", async () => {
    await audit.record({ by: alice, action: "token.revoke", target: "t", decision: "allowed", detail: "x" });
    expect(await rows()).toEqual([
      {
        id: expect.any(String),
        at: 7,
        userId: alice.userId,
        userName: "alice",
        tokenId: alice.tokenId,
        action: "token.revoke",
        target: "t",
        decision: "allowed",
        detail: "x",
        address: "203.0.113.9",
        count: 1,
      },
    ]);
  });

  it("is stored with the change that it tells of, or neither is", async () => {
    const entry = audit.entry({ by: alice, action: "user.create", decision: "allowed" });
    const user = { id: "1", name: "x", createdAt: 1, removedAt: null };
    await store.users.ensure(user);
    await expect(store.users.create({ ...user, id: "2" }, entry)).rejects.toThrow(UniqueViolationError);
    expect(await rows()).toEqual([]);
  });

  it("can be neither changed nor removed, and the store goes on", async () => {
    await audit.record({ by: alice, action: "task.cancel", target: "t", decision: "allowed" });
    const before = await rows();
    const path = `${directory.path}/trunkline.db`;
    expect(() => tamperWithAudit.change(path)).toThrow(/append-only/);
    expect(() => tamperWithAudit.remove(path)).toThrow(/append-only/);
    expect(await rows()).toEqual(before);
    await audit.record({ by: alice, action: "task.cancel", target: "u", decision: "allowed" });
    expect(await rows()).toHaveLength(2);
  });

  it("is bounded in what it says", async () => {
    const long = "x".repeat(10_000);
    await audit.record({
      by: null,
      address: "::1",
      action: long,
      target: long,
      decision: "denied",
      detail: long,
    });
    const [row] = await rows();
    expect([row?.action, row?.target, row?.detail].map((text) => text?.length)).toEqual([200, 200, 200]);
    expect(row).toMatchObject({ userId: null, address: "::1" });
  });

  it("goes to the log where the store cannot take it, and nobody fails for it", async () => {
    await store.close();
    await audit.record({ by: alice, action: "session.export", target: "s", decision: "allowed" });
    expect(logged.join("")).toContain('"action":"session.export"');
  });
});

describe("refusals", () => {
  const refuse = (action: string, address = "203.0.113.9") =>
    audit.refused({ by: null, address, action, detail: "unauthorized" });

  it("are stored at once, and repetitions as one entry that counts them", async () => {
    for (let times = 0; times < 1_000; times += 1) refuse("GET /api");
    await vi.waitFor(async () => expect(await rows()).toHaveLength(1), 60_000);
    await audit.close();
    expect((await rows()).map(({ count, decision }) => [count, decision])).toEqual([
      [1, "denied"],
      [999, "denied"],
    ]);
  });

  it("of however many kinds, from however many addresses, make few entries, and each is counted", async () => {
    for (let times = 0; times < 50_000; times += 1) refuse("GET /api", `10.0.${times >> 8}.${times & 255}`);
    for (let times = 0; times < 50_000; times += 1) refuse(`GET /${times}`, "2001:db8::1");
    await audit.close();
    const stored = await rows();
    expect(stored.length).toBeLessThanOrEqual(50 * 11 + 6);
    expect(stored.reduce((sum, { count }) => sum + count, 0)).toBe(100_000);
  });

  it("H16: of one network without credentials do not hide those of others, nor are they put down to these", async () => {
    for (let times = 0; times < 10_000; times += 1) {
      refuse("GET /api", `198.51.100.${times % 250}`);
      refuse(`GET /${times}`, `2001:db8:1:${(times % 1_000).toString(16)}::1`);
    }
    refuse("POST /sign-in", "203.0.113.9");
    refuse("POST /sign-in", "2001:db8:2::9");
    await audit.close();
    const stored = await rows();
    for (const address of ["203.0.113.9", "2001:db8:2::9"])
      expect(stored).toContainEqual(expect.objectContaining({ action: "POST /sign-in", address, count: 1 }));
    for (const [start, network] of [
      ["198.51.100.", "198.51.100.0/24"],
      ["2001:db8:1:", "2001:db8:1::/48"],
    ] as const) {
      const own = stored.filter(({ address }) => address?.startsWith(start));
      expect(own.length).toBeLessThanOrEqual(11);
      expect(own.reduce((sum, { count }) => sum + count, 0)).toBe(10_000);
      expect(own.filter(({ detail }) => detail?.startsWith("further"))).toMatchObject([
        { userId: null, address: network },
      ]);
    }
  });

  it("of more networks than have a budget are counted together, and named after none", async () => {
    for (let network = 0; network < 60; network += 1) refuse("GET /api", `10.0.${network}.1`);
    await audit.close();
    const stored = await rows();
    expect(stored).toHaveLength(51);
    expect(stored.filter(({ address }) => address === null)).toMatchObject([
      { action: "GET /api", detail: "further kinds, counted together", count: 10 },
    ]);
  });

  it("H16: of one caller, from however many addresses, do not hide those of others", async () => {
    for (let times = 0; times < 500; times += 1) {
      refuse("GET /api", `198.51.100.${times % 250}`);
      audit.refused({ by: { ...alice, address: `2001:db8::${times}` }, action: "x", detail: "not_found" });
    }
    const bob = { ...alice, userId: "b", name: "bob" };
    audit.refused({ by: bob, action: "session.export", detail: "not_found" });
    await audit.close();
    const stored = await rows();
    expect(stored).toContainEqual(
      expect.objectContaining({ userName: "bob", action: "session.export", count: 1 }),
    );
    const of = (name: string | null) => stored.filter(({ userName: user }) => user === name);
    for (const name of [null, "alice"]) {
      expect(of(name).length).toBeLessThanOrEqual(41);
      expect(of(name).reduce((sum, { count }) => sum + count, 0)).toBe(500);
    }
  });

  it("are not put down to another token, address or user of whom the entry does not tell", async () => {
    for (const tokenId of ["t1", "t2", "t2"]) {
      audit.refused({ by: { ...alice, tokenId }, action: "user.list", detail: "forbidden" });
    }
    for (let times = 0; times < 30; times += 1) {
      audit.refused({ by: { ...alice, address: `2001:db8::${times}` }, action: "x", detail: "not_found" });
    }
    await audit.close();
    const stored = await rows();
    const countOf = (token: string) =>
      stored.filter(({ tokenId }) => tokenId === token).reduce((sum, { count }) => sum + count, 0);
    expect([countOf("t1"), countOf("t2")]).toEqual([1, 2]);
    expect(stored.filter(({ detail }) => detail?.startsWith("further"))).toMatchObject([
      { userName: "alice", tokenId: null, address: null, count: 12 },
    ]);
  });

  it("of more users than have a budget are put down to none of the others", async () => {
    const refuseUser = (userId: string | null) =>
      audit.refused({
        by: userId === null ? null : { ...alice, userId, name: userId },
        address: "203.0.113.9",
        action: "x",
        detail: "forbidden",
      });
    refuseUser(null);
    for (let user = 0; user < 1_100; user += 1) refuseUser(`u${user}`);
    for (let times = 0; times < 10; times += 1) refuseUser("u1000");
    for (let times = 0; times < 10; times += 1) refuseUser("late");
    await audit.close();
    const newest = await rows();
    const stored = [...newest, ...(await store.audit.page({ limit: 1_000, beforeId: newest[0]?.id ?? "" }))];
    const of = (name: string | null) =>
      stored.filter(({ userName }) => userName === name).reduce((sum, { count }) => sum + count, 0);
    expect(stored.reduce((sum, { count }) => sum + count, 0)).toBe(1_121);
    expect([of("u0"), of("u1000"), of("u1001")]).toEqual([1, 11, 1]);
    expect(stored.filter(({ address, userId }) => userId === null && address !== null)).toMatchObject([
      { detail: "forbidden", count: 1 },
    ]);
  });

  it("are told apart by who, from where, what and why; a minute later they are told anew", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    audit.refused({ by: alice, action: "user.list", detail: "forbidden" });
    audit.refused({ by: alice, action: "user.list", detail: "rate_limited" });
    audit.refused({ by: { ...alice, userId: "b" }, action: "user.list", detail: "forbidden" });
    audit.refused({ by: { ...alice, address: "::1" }, action: "user.list", detail: "forbidden" });
    vi.advanceTimersByTime(60_000);
    audit.refused({ by: alice, action: "user.list", detail: "forbidden" });
    await audit.close();
    expect((await rows()).map(({ count }) => count)).toEqual([1, 1, 1, 1, 1]);
  });
});
