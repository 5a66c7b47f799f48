import { randomUUID } from "node:crypto";
import type { Project } from "@trunkline/contract";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { GuardFailedError, type Store, UniqueViolationError } from "../port.ts";
import type { StoreHarness } from "../store-conformance.ts";
import { auditRecord } from "../testing/audit-record.ts";
import { OWNER } from "../testing/session-log.ts";

/** What the nouns must answer about projects, and what a session's row says of its own. */
export function describeProjects(name: string, createHarness: () => Promise<StoreHarness>): void {
  describe(`projects: ${name}`, () => {
    let harness: StoreHarness;
    let store: Store;
    beforeEach(async () => {
      harness = await createHarness();
      store = await harness.open();
    });
    afterEach(async () => {
      await store.close();
      await harness[Symbol.asyncDispose]();
    });

    const begin = async (data: object): Promise<string> => {
      const id = randomUUID();
      const created = { title: "t", model: null, agent: "default", ...data };
      await store.append(id, [{ taskId: null, type: "session.created", data: created }], { ownerId: OWNER });
      return id;
    };

    it("keeps what is set, finds one's own and shared ones, and tells a name that is taken", async () => {
      const mine = project({ name: "a" });
      const theirs = project({ ownerId: randomUUID(), name: "a", shared: true });
      const hidden = project({ ownerId: theirs.ownerId, name: "b" });
      for (const each of [mine, theirs, hidden]) await store.projects.create(each, auditRecord());
      expect(await store.projects.find(mine.id)).toEqual(mine);
      const page = async (more: object) => store.projects.page({ ownerId: OWNER, limit: 9, ...more });
      const newestFirst = [mine, theirs].toSorted((a, b) => (a.id < b.id ? 1 : -1));
      expect(await page({})).toEqual(newestFirst);
      expect(await page({ beforeId: newestFirst[0]!.id })).toEqual([newestFirst[1]]);
      expect(await page({ name: "b" })).toEqual([]);
      await expect(store.projects.create(project({ name: "a" }), auditRecord())).rejects.toThrow(
        UniqueViolationError,
      );
      const changed = {
        ...mine,
        name: "c",
        baseRef: "main",
        setup: "make",
        network: "on",
        allowedHosts: ["*.example.org"],
        environment: ["CI"],
        instructions: "Be brief",
        updatedAt: 2,
      } as const;
      await store.projects.update(
        mine.id,
        { ...changed, allowedHosts: ["*.example.org"], environment: ["CI"] },
        auditRecord(),
      );
      expect(await store.projects.find(mine.id)).toEqual(changed);
      // As two callers do that change one thing each.
      await store.projects.update(mine.id, { name: "d", updatedAt: 3 }, auditRecord());
      await store.projects.update(mine.id, { shared: true, updatedAt: 4 }, auditRecord());
      const both = { ...changed, name: "d", shared: true, updatedAt: 4 };
      expect(await store.projects.find(mine.id)).toEqual(both);
      await store.projects.fetched(mine.id, { at: 3, commit: "c1" });
      await store.projects.fetched(mine.id, { at: 4, error: "unreachable" });
      expect((await store.projects.find(mine.id))?.lastFetch).toEqual({
        at: 4,
        commit: "c1",
        error: "unreachable",
      });
    });

    it("keeps a credential sealed, and lets it go with its project", async () => {
      const { id } = await stored(store);
      const sealed = { projectId: id, kind: "token", sealed: "x", updatedAt: 5 } as const;
      await store.projects.putCredential({ ...sealed, sealed: "earlier" }, auditRecord());
      await store.projects.putCredential(sealed, auditRecord());
      expect(await store.projects.credential(id)).toEqual(sealed);
      expect((await store.projects.find(id))?.credential).toEqual({ kind: "token", updatedAt: 5 });
      await store.projects.removeCredential(id, auditRecord());
      expect(await store.projects.credential(id)).toBeUndefined();
      await store.projects.putCredential(sealed, auditRecord());
      await store.projects.delete({ id, at: 6, force: false }, auditRecord());
      expect(await store.projects.credential(id)).toBeUndefined();
      await expect(store.projects.putCredential(sealed, auditRecord())).rejects.toThrow(GuardFailedError);
      await expect(store.projects.update(id, project({}), auditRecord())).rejects.toThrow(GuardFailedError);
      const again = await stored(store);
      await store.projects.putCredential({ ...sealed, projectId: again.id }, auditRecord());
      await store.projects.deleteOf(OWNER, 7);
      expect(await store.projects.credential(again.id)).toBeUndefined();
      expect((await store.projects.unused()).toSorted()).toEqual([id, again.id].toSorted());
      await store.projects.forget(again.id);
      expect(await store.projects.unused()).toEqual([id]);
    });

    it("is deleted under sessions only by force, and keeps its files until the last is removed", async () => {
      const { id } = await stored(store);
      const sessionId = await begin({ projectId: id, workspaceKind: "clone" });
      expect(await store.projects.isUsed(id)).toBe(true);
      await expect(store.projects.delete({ id, at: 1, force: false }, auditRecord())).rejects.toThrow(
        GuardFailedError,
      );
      await store.projects.delete({ id, at: 1, force: true }, auditRecord());
      await expect(store.projects.delete({ id, at: 1, force: true }, auditRecord())).rejects.toThrow(
        GuardFailedError,
      );
      expect(await store.projects.find(id)).toBeUndefined();
      // The name is free again.
      await stored(store);
      await store.sessions.hide({ id: sessionId, at: 2, hiddenBy: "node" }, auditRecord());
      expect(await store.projects.isUsed(id)).toBe(false);
      expect(await store.projects.unused()).toEqual([]);
      await store.sessions.remove(sessionId);
      expect(await store.projects.unused()).toEqual([id]);
    });

    it("a session's row says what its own log says of the workspace, and nothing of a document's", async () => {
      const projectId = randomUUID();
      const chosen = { projectId, workspaceKind: "clone", branch: "trunkline/t" } as const;
      const id = await begin(chosen);
      const prepared = { kind: "clone", projectId, branch: "trunkline/t", baseRef: "main" } as const;
      await store.append(id, [{ taskId: null, type: "workspace.prepared", data: prepared }]);
      expect(await store.sessions.find(OWNER, id)).toMatchObject({ ...chosen, baseRef: "main" });

      const imported = randomUUID();
      await store.sessions.begin({ id: imported, ownerId: OWNER, at: 1, hiddenBy: "node" });
      const created = { title: "t", model: null, agent: "default", ...chosen };
      const forked = { parentId: randomUUID(), atSeq: 1, title: "t", ...chosen };
      await store.sessions.insertLog(imported, [
        { seq: 1, taskId: null, at: 1, type: "session.created", data: created },
        { seq: 2, taskId: null, at: 1, type: "session.forked", data: forked },
        { seq: 3, taskId: null, at: 1, type: "workspace.prepared", data: prepared },
        {
          seq: 4,
          taskId: null,
          at: 1,
          type: "workspace.prepared",
          data: { kind: "in-place", projectId, directory: "/etc" },
        },
      ]);
      const workspace = `workspaces/${imported}`;
      expect(await store.sessions.find(OWNER, imported)).toBeUndefined();
      const origin = { title: "t", agent: "default", model: null, createdAt: 1, updatedAt: 1 };
      await store.append(imported, [{ taskId: null, type: "session.imported", data: origin }], {
        ownerId: OWNER,
        reveals: true,
      });
      const none = { projectId: null, workspaceKind: "fresh", branch: null, baseRef: null };
      expect(await store.sessions.find(OWNER, imported)).toMatchObject({ ...none, workspace });
      expect(await store.sessions.find(OWNER, await begin({}))).toMatchObject(none);
    });
  });
}

async function stored(store: Store): Promise<Project> {
  const given = project({});
  await store.projects.create(given, auditRecord());
  return given;
}

function project(given: Partial<Project>): Project {
  return {
    id: randomUUID(),
    ownerId: OWNER,
    name: "p",
    source: { kind: "git", url: "https://git.example/p.git" },
    baseRef: null,
    setup: null,
    network: "allowlist",
    allowedHosts: [],
    environment: [],
    instructions: null,
    shared: false,
    credential: null,
    lastFetch: null,
    createdAt: 1,
    updatedAt: 1,
    ...given,
  };
}
