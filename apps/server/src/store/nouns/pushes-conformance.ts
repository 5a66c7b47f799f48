import { randomUUID } from "node:crypto";
import { expect, it } from "vitest";
import {
  GuardFailedError,
  type PushDelivery,
  type PushStore,
  type Store,
  type StoredPushSubscription,
} from "../port.ts";
import type { StoreHarness } from "../store-conformance.ts";
import { auditRecord } from "../testing/audit-record.ts";

type Except = Parameters<PushStore["due"]>[0]["except"];
const NOTHING: Except = { subscriptionIds: [], userIds: [], hosts: [] };

/** What the nouns must answer about devices that get push notifications. */
export function describePushes(name: string, createHarness: () => Promise<StoreHarness>): void {
  const withStore = async (body: (store: Store) => Promise<void>): Promise<void> => {
    await using harness = await createHarness();
    const store = await harness.open();
    try {
      await body(store);
    } finally {
      await store.close();
    }
  };
  const titled = (title: string): string => `pushes: ${name}: ${title}`;

  it(titled("the first key stays"), async () =>
    withStore(async ({ pushes }) => {
      expect(await pushes.key()).toBeUndefined();
      for (const publicKey of ["first", "second"]) {
        await pushes.addKey({ publicKey, sealed: `${publicKey} sealed`, createdAt: 1 });
      }
      expect(await pushes.key()).toEqual({ publicKey: "first", sealed: "first sealed" });
    }),
  );

  it(titled("a device is its user's, while the token holds that it was subscribed with"), async () =>
    withStore(async (store) => {
      const { pushes } = store;
      const [alice, bob] = [await newUser(store, "alice", 50), await newUser(store, "bob")];
      const most = { limit: 2, at: 10 };
      const phone = subscription(alice, { createdAt: 1 });
      const laptop = subscription(alice, { createdAt: 2 });
      for (const each of [phone, laptop]) await pushes.put(each, most, auditRecord());
      const ids = async (userId: string, at: number) => (await pushes.ofUser(userId, at)).map(({ id }) => id);
      expect(await pushes.ofUser(alice.userId, 49)).toEqual([laptop, phone]);
      expect(await ids(alice.userId, 50)).toEqual([]);
      expect(await ids(bob.userId, 10)).toEqual([]);
      expect(await pushes.byEndpoint(phone.endpointHash)).toEqual(phone);
      expect(await pushes.usersWithDevices([alice.userId, bob.userId])).toEqual(new Set([alice.userId]));

      await expect(pushes.put(subscription(alice), most)).rejects.toThrow(GuardFailedError);
      // Where their token has ended, they make room.
      const again = { ...alice, tokenId: await newToken(store, alice.userId) };
      const tablet = subscription(again, { createdAt: 60 });
      await pushes.put(tablet, { limit: 2, at: 60 });
      expect(await ids(alice.userId, 60)).toEqual([tablet.id]);

      // The same browser, with another sign-in; then with another user.
      await pushes.put({ ...tablet, tokenId: "none", sealed: "anew" }, most);
      expect(await pushes.byEndpoint(tablet.endpointHash)).toMatchObject({ id: tablet.id, sealed: "anew" });
      expect(await ids(alice.userId, 60)).toEqual([]);
      await pushes.enqueue([delivery(alice.userId)]);
      const bobs = subscription(bob, { endpointHash: tablet.endpointHash });
      await pushes.put(bobs, most);
      expect(await pushes.byEndpoint(tablet.endpointHash)).toEqual(bobs);
      expect(await pushes.due({ at: 100, limit: 9, except: NOTHING })).toEqual([]);

      const of = { id: bobs.id, userId: alice.userId };
      await expect(pushes.remove(of, auditRecord())).rejects.toThrow(GuardFailedError);
      await pushes.note(bobs.id, { at: 5, failure: "why" });
      expect(await pushes.ofUser(bob.userId, 10)).toMatchObject([{ lastFailureAt: 5, failure: "why" }]);
      await pushes.note(bobs.id, { at: 6, failure: null });
      expect(await pushes.ofUser(bob.userId, 10)).toMatchObject([
        { lastFailureAt: 5, lastSuccessAt: 6, failure: null },
      ]);
      await pushes.remove({ id: bobs.id, userId: bob.userId }, auditRecord());
      expect(await pushes.byEndpoint(bobs.endpointHash)).toBeUndefined();

      await pushes.put(bobs, most);
      await store.users.remove({ id: bob.userId, at: 7, sessionsHiddenBy: null }, auditRecord());
      expect(await pushes.byEndpoint(bobs.endpointHash)).toBeUndefined();
      await expect(pushes.put(bobs, most)).rejects.toThrow(GuardFailedError);
    }),
  );

  it(titled("a revoked token's devices are told nothing"), async () =>
    withStore(async (store) => {
      const carol = await newUser(store, "carol");
      await store.pushes.put(subscription(carol), { limit: 9, at: 1 });
      await store.pushes.enqueue([delivery(carol.userId)]);
      const due = async () => store.pushes.due({ at: 100, limit: 9, except: NOTHING });
      expect(await due()).toHaveLength(1);
      await store.tokens.revoke(carol.tokenId, 2, auditRecord());
      expect(await due()).toEqual([]);
    }),
  );

  it(titled("what is due is told once, the last of each session, and by one node"), async () =>
    withStore(async (store) => {
      const { pushes } = store;
      const dave = await newUser(store, "dave");
      const [phone, laptop] = [subscription(dave), subscription(dave, { host: "other" })];
      for (const each of [phone, laptop]) await pushes.put(each, { limit: 9, at: 1 });
      const due = async (at: number, except: Partial<Except> = {}) =>
        pushes.due({ at, limit: 9, except: { ...NOTHING, ...except } });

      const first = delivery(dave.userId, { at: 10 });
      await pushes.enqueue([first]);
      await pushes.enqueue([first, delivery(randomUUID())]);
      expect(await due(9)).toEqual([]);
      const both = await due(10);
      expect(both.map((each) => each.subscription.id).toSorted()).toEqual([phone.id, laptop.id].toSorted());
      expect(both[0]?.delivery).toEqual({
        ...first,
        subscriptionId: both[0]?.subscription.id,
        attempts: 0,
      });
      const left = async (except: Partial<Except>) =>
        (await due(10, except)).map((each) => each.subscription.id);
      expect(await left({ subscriptionIds: [phone.id] })).toEqual([laptop.id]);
      expect(await left({ hosts: ["other"] })).toEqual([phone.id]);
      expect(await left({ userIds: [dave.userId] })).toEqual([]);

      const [{ delivery: ofOne }, { delivery: ofOther }] = both as [(typeof both)[0], (typeof both)[0]];
      await pushes.claim(ofOne, 50);
      await expect(pushes.claim(ofOne, 50)).rejects.toThrow(GuardFailedError);
      expect((await due(10)).map((each) => each.delivery.subscriptionId)).toEqual([ofOther.subscriptionId]);
      // Reserved again once nobody has told how it went, as after a crash.
      expect((await due(50)).find((each) => each.delivery.attempts === 1)?.delivery.subscriptionId).toBe(
        ofOne.subscriptionId,
      );
      await pushes.postpone(ofOne, 70);
      expect(await due(60)).toHaveLength(1);
      expect(await due(70)).toHaveLength(2);
      await pushes.note(ofOne.subscriptionId, { at: 70, failure: "busy", notBefore: 90 });
      expect(await due(80)).toHaveLength(1);

      // A later state of the session: what was under way about it settles nothing.
      const later = delivery(dave.userId, { sessionId: first.sessionId, kind: "completed", at: 30 });
      await pushes.enqueue([later]);
      await pushes.settle(ofOther);
      await expect(pushes.claim(ofOther, 99)).rejects.toThrow(GuardFailedError);
      expect((await due(90)).map((each) => [each.delivery.kind, each.delivery.attempts])).toEqual([
        ["completed", 0],
        ["completed", 0],
      ]);
      const settled = { ...later, subscriptionId: ofOther.subscriptionId };
      await pushes.settle({ ...settled, attempts: 0 });
      expect(await due(90)).toHaveLength(1);
      await pushes.forget(ofOne.subscriptionId);
      expect(await due(90)).toEqual([]);

      await pushes.enqueue([later]);
      await pushes.expire(30);
      expect(await due(90)).toHaveLength(1);
      await pushes.expire(31);
      expect(await due(90)).toEqual([]);
    }),
  );

  it(titled("nothing is left of a session that is removed"), async () =>
    withStore(async (store) => {
      const erin = await newUser(store, "erin");
      await store.pushes.put(subscription(erin), { limit: 9, at: 1 });
      const told = delivery(erin.userId);
      await store.pushes.enqueue([told]);
      await store.sessions.remove(told.sessionId);
      expect(await store.pushes.due({ at: 100, limit: 9, except: NOTHING })).toEqual([]);
    }),
  );
}

interface Holder {
  userId: string;
  tokenId: string;
}

async function newToken(store: Store, userId: string, expiresAt: number | null = null): Promise<string> {
  const id = randomUUID();
  const names = { name: "t", kind: "api", scope: "write", parentId: null } as const;
  await store.tokens.add({ id, userId, ...names, hash: randomUUID(), createdAt: 1, expiresAt });
  return id;
}

async function newUser(store: Store, name: string, expiresAt: number | null = null): Promise<Holder> {
  const userId = randomUUID();
  await store.users.create({ id: userId, name, createdAt: 1, removedAt: null }, auditRecord());
  return { userId, tokenId: await newToken(store, userId, expiresAt) };
}

function subscription(
  { userId, tokenId }: Holder,
  given: Partial<StoredPushSubscription> = {},
): StoredPushSubscription {
  return {
    id: randomUUID(),
    userId,
    tokenId,
    host: "push.example",
    endpointHash: randomUUID(),
    sealed: "sealed",
    device: "Phone",
    createdAt: 1,
    lastSuccessAt: null,
    lastFailureAt: null,
    failure: null,
    ...given,
  };
}

function delivery(userId: string, given: Partial<PushDelivery> = {}): PushDelivery {
  const sessionId = randomUUID();
  const eventId = `${sessionId}:${Math.random()}`;
  return { userId, sessionId, inSessionId: sessionId, eventId, kind: "approval", at: 1, ...given };
}
