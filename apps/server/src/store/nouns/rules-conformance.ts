import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { GuardFailedError, type StoredRule } from "../port.ts";
import type { StoreHarness } from "../store-conformance.ts";
import { auditRecord } from "../testing/audit-record.ts";
import { OWNER } from "../testing/session-log.ts";

/** What the nouns must answer about users' approval rules. */
export function describeRules(name: string, createHarness: () => Promise<StoreHarness>): void {
  describe(`rules: ${name}`, () => {
    it("finds an owner's, those of a session's project, and what an answer made; and lets them go", async () => {
      await using harness = await createHarness();
      const store = await harness.open();
      try {
        const projectId = randomUUID();
        const sessionId = randomUUID();
        const created = {
          title: "t",
          model: null,
          agent: "default",
          projectId,
          workspaceKind: "clone",
        } as const;
        await store.append(sessionId, [{ taskId: null, type: "session.created", data: created }], {
          ownerId: OWNER,
        });
        const everywhere = rule({ pattern: "npm test *", tool: "bash" });
        const here = rule({ projectId, path: "src/**", expiresAt: 9 });
        const elsewhere = rule({ projectId: randomUUID(), host: "a.example", effect: "deny" });
        const theirs = rule({ ownerId: randomUUID(), tool: "bash" });
        for (const each of [everywhere, here, elsewhere, theirs])
          await store.rules.create(each, auditRecord());
        const sorted = (rules: StoredRule[]) => rules.toSorted((a, b) => (a.id < b.id ? 1 : -1));
        expect(await store.rules.ofOwner(OWNER)).toEqual(sorted([everywhere, here, elsewhere]));
        const inSession = async () => store.rules.inSession({ sessionId, ownerId: OWNER });
        expect(await inSession()).toEqual(sorted([everywhere, here]));

        // In the commit of the answer, or not at all.
        const made = rule({ tool: "web_fetch" });
        const title = { taskId: null, type: "session.updated", data: { title: "u" } } as const;
        await store.append(sessionId, [title], { rule: made });
        expect(await inSession()).toEqual(sorted([everywhere, here, made]));
        const refused = store.append(sessionId, [title], {
          rule: rule({}),
          expect: { ownerId: randomUUID() },
        });
        await expect(refused).rejects.toThrow(GuardFailedError);
        expect(await inSession()).toHaveLength(3);

        const taken = store.rules.delete({ id: everywhere.id, ownerId: theirs.ownerId }, auditRecord());
        await expect(taken).rejects.toThrow(GuardFailedError);
        await store.rules.delete({ id: everywhere.id, ownerId: OWNER }, auditRecord());
        expect(await inSession()).toEqual(sorted([here, made]));
        await store.rules.deleteOf(OWNER);
        expect(await store.rules.ofOwner(OWNER)).toEqual([]);
        expect(await store.rules.ofOwner(theirs.ownerId)).toEqual([theirs]);
      } finally {
        await store.close();
      }
    });
  });
}

function rule(given: Partial<StoredRule>): StoredRule {
  return {
    id: randomUUID(),
    ownerId: OWNER,
    effect: "allow",
    createdBy: "alice",
    createdAt: 1,
    expiresAt: null,
    ...given,
  };
}
