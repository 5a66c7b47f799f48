import { randomUUID } from "node:crypto";
import { pino } from "pino";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { DuePush, Store, StoredPushSubscription } from "../store/port.ts";
import { openSqliteStore } from "../store/sqlite/sqlite-store.ts";
import { auditRecord } from "../store/testing/audit-record.ts";
import { createVisibleSession } from "../store/testing/session-log.ts";
import { TemporaryDirectory } from "../store/testing/temporary-directory.ts";
import type { PushAddress, PushOutcome, SendPush } from "./port.ts";
import { PushSender } from "./push-sender.ts";

const HOUR = 3_600_000;

let directory: TemporaryDirectory;
let store: Store;
let sender: PushSender;
let now: number;
/** Endpoints and kinds, as they were sent. */
let sent: string[];
let send: SendPush;

beforeEach(async () => {
  directory = await TemporaryDirectory.create();
  store = await openSqliteStore({
    path: directory.join("db"),
    now: Date.now,
    onFatal(error) {
      throw error;
    },
  });
  now = 1_000;
  sent = [];
  send = async () => ({ type: "delivered" });
  sender = new PushSender({
    store,
    // Sealed is the endpoint itself here.
    vault: { open: async <T extends object>(_: string, sealed: string) => ({ endpoint: sealed }) as T },
    send: async (address, notification, signal) => {
      sent.push(`${address.endpoint} ${notification.message.kind}`);
      return send(address, notification, signal);
    },
    logger: pino({ level: "silent" }),
    now: () => now,
  });
});
afterEach(async () => {
  await sender.stop();
  await store.close();
  await directory[Symbol.asyncDispose]();
});

async function newUser(): Promise<{ userId: string; tokenId: string }> {
  const [userId, tokenId] = [randomUUID(), randomUUID()];
  await store.users.create({ id: userId, name: userId, createdAt: 1, removedAt: null }, auditRecord());
  const names = { name: "t", kind: "api", scope: "write", parentId: null } as const;
  await store.tokens.add({ id: tokenId, userId, ...names, hash: tokenId, createdAt: 1, expiresAt: null });
  return { userId, tokenId };
}

async function device(
  of: { userId: string; tokenId: string },
  name: string,
): Promise<StoredPushSubscription> {
  const told = { lastSuccessAt: null, lastFailureAt: null, failure: null };
  const stored = { id: randomUUID(), ...of, host: name, endpointHash: name, sealed: name, device: name };
  await store.pushes.put({ ...stored, createdAt: 1, ...told }, { limit: 999, at: 1 });
  return { ...stored, createdAt: 1, ...told };
}

async function ended(userId: string): Promise<void> {
  const id = await createVisibleSession(store, userId);
  const eventId = `${id}:${randomUUID()}`;
  await store.pushes.enqueue([
    { userId, sessionId: id, inSessionId: id, eventId, kind: "completed", at: now },
  ]);
}

const dueAt = async (at: number) =>
  store.pushes.due({ at, limit: 9, except: { subscriptionIds: [], userIds: [], hosts: [] } });

async function later(ms: number): Promise<void> {
  now += ms;
  sender.wake();
}

it("tries again later each time, no earlier than the push service asks, and gives up in the end", async () => {
  const alice = await newUser();
  await device(alice, "phone");
  const failed = async (why: string) =>
    vi.waitFor(
      async () =>
        expect(await store.pushes.ofUser(alice.userId, now)).toMatchObject([
          { failure: why, lastFailureAt: now },
        ]),
      60_000,
    );
  send = async () => ({ type: "later", why: "limited", afterMs: 2 * HOUR });
  await ended(alice.userId);
  sender.start();
  await failed("limited");
  // Nor anything else to that device.
  await ended(alice.userId);
  expect(await dueAt(now + 2 * HOUR - 1)).toEqual([]);

  const [{ delivery: other }] = (await dueAt(now + 2 * HOUR)) as [DuePush];
  await store.pushes.settle(other);
  const [{ delivery: first }] = (await dueAt(now + 2 * HOUR)) as [DuePush];
  expect([other.attempts, first.attempts]).toEqual([0, 1]);
  send = async () => ({ type: "later", why: "failing" });
  now += HOUR;
  for (let attempt = 2; attempt <= 10; attempt++) {
    expect(await dueAt(now + HOUR)).toMatchObject([{ delivery: { attempts: attempt - 1 } }]);
    await later(HOUR);
    await failed("failing");
    expect(sent).toHaveLength(attempt);
  }
  expect(await dueAt(now + 24 * HOUR)).toEqual([]);
});

it.each<[string, PushOutcome, number]>([
  ["a device that is gone is forgotten", { type: "gone", why: "gone" }, 0],
  ["what is refused is not sent again", { type: "refused", why: "no" }, 1],
])("%s", async (_, outcome, left) => {
  const alice = await newUser();
  await device(alice, "phone");
  send = async () => outcome;
  await ended(alice.userId);
  sender.start();
  await vi.waitFor(async () => expect(await dueAt(now + HOUR)).toEqual([]), 60_000);
  expect(sent).toHaveLength(1);
  expect(await store.pushes.ofUser(alice.userId, now)).toHaveLength(left);
});

it("one push service that hangs holds up nobody else, nor one device its others", async () => {
  const [alice, bob] = [await newUser(), await newUser()];
  const hung = Promise.withResolvers<PushOutcome>();
  send = async ({ endpoint }: PushAddress) =>
    endpoint.startsWith("hangs") ? hung.promise : { type: "delivered" };
  for (let index = 0; index < 30; index++) await device(alice, `hangs-${index}`);
  const phone = await device(bob, "phone");
  await ended(alice.userId);
  await ended(alice.userId);
  await ended(bob.userId);
  sender.start();
  await vi.waitFor(() => expect(sent).toContain("phone completed"), 60_000);
  await vi.waitFor(
    async () =>
      expect(await store.pushes.ofUser(bob.userId, now)).toMatchObject([
        { id: phone.id, lastSuccessAt: now },
      ]),
    60_000,
  );
  // Of one user at most four are under way, and of one device one.
  expect(sent.filter((each) => each.startsWith("hangs"))).toHaveLength(4);
  expect(new Set(sent).size).toBe(5);
  hung.resolve({ type: "delivered" });
  await vi.waitFor(() => expect(sent).toHaveLength(61), 60_000);
});

it("tells nothing of a session that is somebody else's or gone, of an approval that was given, or of yesterday", async () => {
  const [alice, bob] = [await newUser(), await newUser()];
  await device(alice, "phone");
  const bobs = await createVisibleSession(store, bob.userId);
  const own = await createVisibleSession(store, alice.userId);
  const of = { userId: alice.userId, kind: "completed", at: now } as const;
  const note = (sessionId: string) => ({ ...of, sessionId, inSessionId: sessionId, eventId: randomUUID() });
  await store.pushes.enqueue([
    note(bobs),
    note(randomUUID()),
    { ...note(own), kind: "approval" },
    { ...note(await createVisibleSession(store, alice.userId)), at: now - 24 * HOUR },
  ]);
  sender.start();
  await vi.waitFor(async () => expect(await dueAt(now + 24 * HOUR)).toEqual([]), 60_000);
  expect(sent).toEqual([]);
});

it("goes on with what its stop cut off", async () => {
  const alice = await newUser();
  await device(alice, "phone");
  const begun = Promise.withResolvers<void>();
  send = async (_address, _notification, signal) => {
    begun.resolve();
    const cut = Promise.withResolvers<PushOutcome>();
    signal.addEventListener("abort", () => cut.reject(new Error("stopping")));
    return cut.promise;
  };
  await ended(alice.userId);
  sender.start();
  await begun.promise;
  expect(await dueAt(now)).toEqual([]);
  await sender.stop();
  expect(await dueAt(now)).toHaveLength(1);
});
