import { randomUUID } from "node:crypto";
import { MAX_USER_RULES } from "@trunkline/contract";
import { expect, it } from "vitest";
import { GuardFailedError, type Store } from "../port.ts";
import type { StoreHarness } from "../store-conformance.ts";
import { auditRecord } from "../testing/audit-record.ts";
import { createVisibleSession } from "../testing/session-log.ts";

const LIMIT = 3;
const TRIES = 24;

/** What must hold of limits and replacements if many calls of one user come at the same time, on several nodes too. */
export function describeAtOnce(name: string, createHarness: () => Promise<StoreHarness>): void {
  const withStores = async (
    body: (store: Store, stores: readonly Store[], open: () => Promise<Store>) => Promise<void>,
  ) => {
    await using harness = await createHarness();
    const first = await harness.open();
    // SQLite's belongs to one process.
    const stores = first.isExclusive ? [first] : [first, await harness.open(), await harness.open()];
    try {
      await body(first, stores, async () => harness.open());
    } finally {
      for (const store of stores) await store.close();
    }
  };
  const titled = (title: string): string => `at once: ${name}: ${title}`;

  /** @returns how many were taken; each other one was refused by its guard */
  async function taken(
    stores: readonly Store[],
    add: (store: Store, index: number) => Promise<void>,
  ): Promise<number> {
    const tries = Array.from({ length: TRIES }, async (_, index) =>
      add(stores[index % stores.length]!, index),
    );
    const settled = await Promise.allSettled(tries);
    const reasons = settled.flatMap((each) => (each.status === "rejected" ? [each.reason as unknown] : []));
    for (const reason of reasons) expect(reason).toBeInstanceOf(GuardFailedError);
    return TRIES - reasons.length;
  }

  it(titled("no limit is exceeded"), async () =>
    withStores(async (store, stores) => {
      const ownerId = await newUser(store, "alice");
      const sessionId = await createVisibleSession(store, ownerId);
      const at = { createdAt: 1, updatedAt: 1 };
      const shares = await taken(stores, async (each) =>
        each.shares.create(
          {
            id: randomUUID(),
            sessionId,
            ownerId,
            hash: randomUUID(),
            createdAt: 1,
            expiresAt: null,
            lastUsedAt: null,
          },
          LIMIT,
          auditRecord(),
        ),
      );
      expect(shares).toBe(LIMIT);
      const servers = await taken(stores, async (each, index) =>
        each.mcpServers.create(
          {
            id: randomUUID(),
            ownerId,
            projectId: null,
            name: `s${index}`,
            transport: { kind: "http", url: "https://mcp.example/", headers: [] },
            enabled: false,
            trust: "none",
            onlyTools: null,
            timeoutMs: 1_000,
            sealed: null,
            ...at,
          },
          { max: LIMIT },
          auditRecord(),
        ),
      );
      expect(servers).toBe(LIMIT);
      const tokenId = randomUUID();
      const token = { kind: "api", scope: "write", parentId: null, createdAt: 1, expiresAt: null } as const;
      await store.tokens.add({ id: tokenId, userId: ownerId, name: "t", hash: randomUUID(), ...token });
      const devices = await taken(stores, async (each) =>
        each.pushes.put(
          {
            id: randomUUID(),
            userId: ownerId,
            tokenId,
            host: "push.example",
            endpointHash: randomUUID(),
            sealed: "sealed",
            device: "Phone",
            createdAt: 1,
            lastSuccessAt: null,
            lastFailureAt: null,
            failure: null,
          },
          { limit: LIMIT, at: 1 },
        ),
      );
      expect(devices).toBe(LIMIT);
      const rule = () => ({
        id: randomUUID(),
        ownerId,
        effect: "allow" as const,
        tool: "bash",
        createdBy: "alice",
        createdAt: 1,
        expiresAt: null,
      });
      for (let made = 0; made < MAX_USER_RULES - LIMIT; made++)
        await store.rules.create(rule(), auditRecord());
      const title = { taskId: null, type: "session.updated", data: { title: "t" } } as const;
      const rules = await taken(stores, async (each, index) => {
        if (index % 2 === 0) await each.rules.create(rule(), auditRecord());
        // As an answer does that makes a rule.
        else await each.append(sessionId, [title], { rule: rule() });
      });
      expect(rules).toBe(LIMIT);
      expect(await store.rules.ofOwner(ownerId)).toHaveLength(MAX_USER_RULES);
    }),
  );

  it(
    titled("what is named alike takes turns, what is not does not, and a store that closes ends its own"),
    async () =>
      withStores(async (store, stores, open) => {
        let atWork = 0;
        const done: number[] = [];
        const works = Array.from({ length: 12 }, async (_, index) =>
          stores[index % stores.length]!.turns.run("a", async () => {
            expect(++atWork).toBe(1);
            await store.turns.run(`b ${index}`, async () => store.ping());
            atWork--;
            done.push(index);
          }),
        );
        await Promise.all(works);
        expect(done).toHaveLength(12);
        await expect(store.turns.run("a", async () => Promise.reject(new Error("x")))).rejects.toThrow("x");
        if (store.isExclusive) return;
        const other = await open();
        const held = Promise.withResolvers<void>();
        const begun = Promise.withResolvers<void>();
        const holding = other.turns.run("a", async () => {
          begun.resolve();
          await held.promise;
        });
        await begun.promise;
        const next = store.turns.run("a", async () => "next");
        // As when its node dies in the middle of it.
        await other.close();
        expect(await next).toBe("next");
        held.resolve();
        await holding;
      }),
  );

  it(
    titled("nobody keeps a token that is added while its user is removed, or what it is bound to is revoked"),
    async () =>
      withStores(async (store, stores) => {
        const token = (userId: string, parentId: string | null = null) => ({
          id: randomUUID(),
          userId,
          name: "t",
          kind: parentId === null ? ("api" as const) : ("browser" as const),
          scope: "write" as const,
          parentId,
          hash: randomUUID(),
          createdAt: 1,
          expiresAt: null,
        });
        const other = stores.at(-1)!;
        const live = async (userId: string) => store.tokens.page({ userId, endedBy: 1, limit: 9 });
        for (let round = 0; round < TRIES; round++) {
          const userId = await newUser(store, `carol ${round}`);
          const code = { userId, scope: "write", createdAt: 1, expiresAt: 9, isRecovery: false } as const;
          const invitation = { ...code, hash: `of carol ${round}`, userName: `carol ${round}` };
          await store.invitations.put(invitation, auditRecord());
          await Promise.allSettled([
            store.invitations.redeem(invitation, token(userId), auditRecord()),
            other.users.remove({ id: userId, at: 2, sessionsHiddenBy: null }, auditRecord()),
          ]);
          expect(await live(userId)).toEqual([]);
          expect(await store.invitations.findByHash(invitation.hash)).toBeUndefined();
          await store.users.restore(userId, auditRecord());
          expect(await store.invitations.findByHash(invitation.hash)).toBeUndefined();

          await store.tokens.add({ ...token(userId), id: `parent ${round}` });
          await Promise.allSettled([
            store.tokens.add(token(userId, `parent ${round}`)),
            other.tokens.revoke(`parent ${round}`, 3, auditRecord()),
          ]);
          expect(await live(userId)).toEqual([]);
        }
      }),
  );

  it(titled("a change of one thing leaves what somebody else changes beside it"), async () =>
    withStores(async (store, stores) => {
      const key = { scope: "server", id: "" } as const;
      const other = stores.at(-1)!;
      const none = { total: {}, month: {} };
      await store.budgets.set(key, { total: { steps: 1 }, month: {} }, 1, auditRecord(), none);
      const was = { total: { steps: 1 }, month: {} };
      const changes = await Promise.allSettled([
        store.budgets.set(key, { total: { steps: 2 }, month: {} }, 2, auditRecord(), was),
        other.budgets.set(key, { total: { steps: 1 }, month: { steps: 1 } }, 2, auditRecord(), was),
      ]);
      expect(changes.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
      await expect(store.budgets.set(key, none, 3, auditRecord(), was)).rejects.toThrow(GuardFailedError);
      await expect(store.budgets.set(key, was, 3, auditRecord(), none)).rejects.toThrow(GuardFailedError);
      const [now] = await store.budgets.several([key]);
      await store.budgets.set(key, none, 4, auditRecord(), now);
      expect(await store.budgets.any()).toBe(false);
    }),
  );

  it(titled("the last invitation stays, and no other"), async () =>
    withStores(async (store, stores) => {
      const userId = await newUser(store, "bob");
      const code = { userId, scope: "write", createdAt: 1, expiresAt: 9, isRecovery: false } as const;
      const put = await taken(stores, async (each, index) =>
        each.invitations.put({ ...code, hash: `code ${index}` }, auditRecord()),
      );
      expect(put).toBe(TRIES);
      const hashes = Array.from({ length: TRIES }, (_, index) => `code ${index}`);
      const found = await Promise.all(hashes.map(async (hash) => store.invitations.findByHash(hash)));
      expect(found.filter((each) => each !== undefined)).toHaveLength(1);
    }),
  );
}

async function newUser(store: Store, name: string): Promise<string> {
  const id = randomUUID();
  await store.users.create({ id, name, createdAt: 1, removedAt: null }, auditRecord());
  return id;
}
