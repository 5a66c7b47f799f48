import { randomUUID } from "node:crypto";
import { expect, it } from "vitest";
import { GuardFailedError, type StoredShare } from "../port.ts";
import type { StoreHarness } from "../store-conformance.ts";
import { auditRecord } from "../testing/audit-record.ts";
import { createVisibleSession, OWNER } from "../testing/session-log.ts";

/** What the nouns must answer about links to sessions. */
export function describeShares(name: string, createHarness: () => Promise<StoreHarness>): void {
  it(`shares: ${name}: are found while session, owner and time have it`, async () => {
    await using harness = await createHarness();
    const store = await harness.open();
    try {
      const sessionId = await createVisibleSession(store);
      const share = (given: Partial<StoredShare>): StoredShare => ({
        id: randomUUID(),
        sessionId,
        ownerId: OWNER,
        hash: randomUUID(),
        createdAt: 10,
        expiresAt: null,
        lastUsedAt: null,
        ...given,
      });
      const [lasting, brief] = [share({ id: "b" }), share({ id: "a", expiresAt: 20 })];
      for (const each of [lasting, brief]) await store.shares.create(each, 2, auditRecord());
      const ofSession = async (endedBy: number) =>
        store.shares.ofSession({ sessionId, ownerId: OWNER, endedBy });
      expect(await ofSession(19)).toEqual([lasting, brief]);
      expect(await ofSession(20)).toEqual([lasting]);
      expect(await store.shares.findByHash(brief.hash)).toEqual(brief);
      expect(await store.shares.several([lasting.id, randomUUID()])).toEqual([
        { id: lasting.id, expiresAt: null, revokedAt: null },
      ]);

      await store.shares.touch(lasting.id, 12);
      const find = async (ownerId: string) => store.shares.find({ id: lasting.id, ownerId });
      expect(await find(OWNER)).toEqual({ ...lasting, lastUsedAt: 12 });
      expect(await find(randomUUID())).toBeUndefined();

      // The expired one makes room; beyond that, and for others, there is none.
      const third = share({ createdAt: 20 });
      await store.shares.create(third, 2, auditRecord());
      expect(await store.shares.findByHash(brief.hash)).toBeUndefined();
      for (const refused of [
        share({}),
        share({ ownerId: randomUUID() }),
        share({ sessionId: randomUUID() }),
      ]) {
        await expect(store.shares.create(refused, 2, auditRecord())).rejects.toThrow(GuardFailedError);
      }

      const taken = store.shares.delete({ id: third.id, ownerId: randomUUID() }, auditRecord());
      await expect(taken).rejects.toThrow(GuardFailedError);
      await store.shares.delete({ id: third.id, ownerId: OWNER }, auditRecord());
      expect((await ofSession(0)).map(({ id }) => id)).toEqual([lasting.id]);

      await store.shares.create(third, 2, auditRecord());
      await store.shares.forget([third.hash]);
      expect(await store.shares.findByHash(third.hash)).toBeUndefined();
      await store.sessions.hide({ id: sessionId, at: 30, hiddenBy: "n" }, auditRecord());
      expect(await store.shares.findByHash(lasting.hash)).toBeUndefined();
      expect(await store.shares.several([lasting.id])).toEqual([]);
      await store.sessions.remove(sessionId);
    } finally {
      await store.close();
    }
  });
}
