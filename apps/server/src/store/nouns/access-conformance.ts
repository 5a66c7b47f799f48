import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { GuardFailedError, type NewToken, type Store, UniqueViolationError } from "../port.ts";
import type { StoreHarness } from "../store-conformance.ts";
import { auditRecord } from "../testing/audit-record.ts";
import { createVisibleSession, OWNER } from "../testing/session-log.ts";
import { openForSuite } from "../testing/open-for-suite.ts";

/** What the nouns must answer that say who may do what, and whose is what. */
export function describeAccess(name: string, createHarness: () => Promise<StoreHarness>): void {
  describe(`access nouns: ${name}`, () => {
    let store: Store;
    openForSuite(createHarness, (opened) => (store = opened));

    it("lets users in once, and keeps out who was removed", async () => {
      const alice = user("alice");
      await store.users.create(alice, auditRecord());
      await expect(store.users.create({ ...alice, id: randomUUID() }, auditRecord())).rejects.toThrow(
        UniqueViolationError,
      );
      await store.users.ensure({ ...alice, id: randomUUID() });
      expect(await store.users.page({ limit: 9 })).toEqual([alice]);
      expect(await store.users.areSeveral()).toBe(false);
      const invitation = {
        userId: alice.id,
        scope: "write",
        hash: "code",
        createdAt: 1,
        expiresAt: 9,
        isRecovery: false,
      } as const;
      await store.invitations.put({ ...invitation, hash: "earlier" }, auditRecord());
      await store.invitations.put(invitation, auditRecord());
      expect(await store.invitations.findByHash("earlier")).toBeUndefined();
      const found = await store.invitations.findByHash("code");
      expect(found).toEqual({ ...invitation, userName: "alice" });
      const token = newToken(alice.id);
      await store.invitations.redeem(found!, token, auditRecord());
      await expect(store.invitations.redeem(found!, newToken(alice.id), auditRecord())).rejects.toThrow(
        GuardFailedError,
      );
      await expect(store.invitations.put(invitation, auditRecord())).rejects.toThrow(GuardFailedError);
      expect(await store.invitations.hasJoined(alice.id)).toBe(true);
      const browser = { ...newToken(alice.id), kind: "browser", parentId: token.id, expiresAt: 5 } as const;
      await store.tokens.add(browser, { audit: auditRecord() });
      await store.tokens.touch(token.id, 7);
      expect(await store.tokens.findByHash(token.hash)).toMatchObject({
        id: token.id,
        lastUsedAt: 7,
        userName: "alice",
      });
      expect(await store.tokens.page({ userId: alice.id, endedBy: 6, limit: 9 })).toHaveLength(1);
      await store.tokens.revoke(token.id, 8, auditRecord());
      expect((await store.tokens.several([token.id, browser.id])).map(({ revokedAt }) => revokedAt)).toEqual([
        8, 8,
      ]);
      expect(await store.tokens.several([])).toEqual([]);
      await expect(store.tokens.add({ ...newToken(alice.id), parentId: token.id })).rejects.toThrow(
        GuardFailedError,
      );
      await store.tokens.revokeAgain([], 9);
      await store.tokens.revokeAgain([token.hash], 9);
      await store.tokens.add(newToken(alice.id), { deletesExpired: 6 });
      expect(await store.tokens.find(browser.id)).toBeUndefined();
      const sessionId = await createVisibleSession(store, alice.id);
      await store.users.remove({ id: alice.id, at: 10, sessionsHiddenBy: "gone" }, auditRecord());
      await expect(store.tokens.add(newToken(alice.id))).rejects.toThrow(GuardFailedError);
      expect(await store.sessions.find(alice.id, sessionId)).toBeUndefined();
      expect(await store.sessions.abandoned()).toEqual([{ id: sessionId, hiddenBy: "gone" }]);
      await store.sessions.remove(sessionId);
      await store.users.forget(alice.id);
      expect(await store.users.find(alice.id)).toBeUndefined();
      const trail = await store.audit.page({ limit: 100 });
      expect(trail.length).toBeGreaterThan(4);
    });

    it("gives a sign-in code to the first who takes it, and keeps the newest of each maker", async () => {
      const alice = user("alice");
      await store.users.create(alice, auditRecord());
      const token = { ...newToken(alice.id), expiresAt: 99 };
      await store.tokens.add(token);
      const code = { userId: alice.id, scope: "read", parentId: token.id, expiresAt: 50 } as const;
      const options = { keep: 2, now: 1 };
      for (const id of ["1", "2", "3"]) await store.signInCodes.put({ ...code, id, hash: `h${id}` }, options);
      await store.signInCodes.put({ ...code, id: "0", hash: "server's", parentId: null }, options);
      expect(await store.signInCodes.find("h1")).toBeUndefined();
      const { scope, userId, parentId, expiresAt } = code;
      const of = { userId, userName: "alice", scope, parentId, parentExpiresAt: 99, expiresAt };
      expect(await store.signInCodes.find("h2")).toEqual({ ...of, hash: "h2" });
      const servers = { parentId: null, parentExpiresAt: null, hash: "server's" };
      expect(await store.signInCodes.find("server's")).toEqual({ ...of, ...servers });
      const takes = await Promise.all(Array.from({ length: 5 }, async () => store.signInCodes.take("h3")));
      expect(takes.filter(Boolean)).toHaveLength(1);
      expect(await store.signInCodes.find("h3")).toBeUndefined();
      await store.signInCodes.put({ ...code, id: "4", hash: "h4", expiresAt: 80 }, { keep: 2, now: 50 });
      expect(await store.signInCodes.find("h2")).toBeUndefined();
      expect(await store.signInCodes.take("h2")).toBe(false);
      await store.users.remove({ id: alice.id, at: 60, sessionsHiddenBy: null }, auditRecord());
      expect(await store.signInCodes.find("h4")).toBeUndefined();
    });

    it("knows whose blobs are whose, and which nobody needs", async () => {
      const blob = { sha256: "h1", bytes: 5, mediaType: "text/plain", createdAt: 1 };
      await store.blobs.add(OWNER, blob);
      await store.blobs.add(OWNER, { ...blob, createdAt: 2 });
      await store.blobs.add(OWNER, { ...blob, sha256: "h2", bytes: 7 });
      expect(await store.blobs.bytesOf(OWNER)).toBe(12);
      expect(await store.blobs.bytesOf("somebody")).toBe(0);
      const sessionId = await createVisibleSession(store);
      const attachments = [
        { type: "file", blob: { sha256: "h1", mediaType: "text/plain", bytes: 5 }, name: "x" },
      ] as never;
      await store.append(sessionId, [
        {
          taskId: randomUUID(),
          type: "task.submitted",
          data: { prompt: "x", model: null, whenBusy: "enqueue", attachments },
        },
      ]);
      await store.blobs.forgetUploads(10);
      expect(await store.blobs.find(OWNER, "h1")).toEqual({ ...blob, createdAt: 2 });
      expect(await store.blobs.find("somebody", "h1")).toBeUndefined();
      expect(await store.blobs.findInSession(sessionId, "h")).toEqual({ ...blob, createdAt: 2 });
      expect(await store.blobs.findInSession(sessionId, "h2")).toBeUndefined();
      expect(await store.blobs.findInSession(randomUUID(), "h1")).toBeUndefined();
      expect(await store.blobs.unused(10, 9)).toEqual(["h2"]);
      expect(await store.blobs.remove("h1")).toBe(false);
      expect(await store.blobs.remove("h2")).toBe(true);
      expect(await store.blobs.unknown(["h1", "h2"])).toEqual(["h2"]);
      expect(await store.blobs.unknown([])).toEqual([]);
    });
  });
}

function user(name: string) {
  return { id: randomUUID(), name, createdAt: 1, removedAt: null };
}

function newToken(userId: string): NewToken {
  const of = { kind: "api", scope: "read", parentId: null, createdAt: 1, expiresAt: null } as const;
  return { id: randomUUID(), userId, name: "t", hash: randomUUID(), ...of };
}
