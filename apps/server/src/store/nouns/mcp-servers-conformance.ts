import { randomUUID } from "node:crypto";
import type { Project } from "@trunkline/contract";
import { describe, expect, it } from "vitest";
import { GuardFailedError, type Store, type StoredMcpServer, UniqueViolationError } from "../port.ts";
import type { StoreHarness } from "../store-conformance.ts";
import { auditRecord } from "../testing/audit-record.ts";
import { OWNER } from "../testing/session-log.ts";
import { openForSuite } from "../testing/open-for-suite.ts";

/** What the nouns must answer about MCP servers. */
export function describeMcpServers(name: string, createHarness: () => Promise<StoreHarness>): void {
  describe(`MCP servers: ${name}`, () => {
    let store: Store;
    openForSuite(createHarness, (opened) => (store = opened));
    const create = async (server: StoredMcpServer, max = 9) =>
      store.mcpServers.create(server, { max }, auditRecord());

    it("keeps what is set, by user and by project, each with its names", async () => {
      const projectId = randomUUID();
      await store.projects.create(project({ id: projectId }), auditRecord());
      const mine = mcpServer({ name: "b" });
      const theirs = mcpServer({ name: "b", ownerId: randomUUID() });
      const projects = mcpServer({ name: "a", projectId });
      for (const each of [mine, theirs, projects]) await create(each);
      expect(await store.mcpServers.find(mine.id)).toEqual(mine);
      expect(await store.mcpServers.of({ ownerId: OWNER, projectId: null })).toEqual([mine]);
      expect(await store.mcpServers.of({ ownerId: OWNER, projectId })).toEqual([projects, mine]);
      await expect(create(mcpServer({ name: "b" }))).rejects.toThrow(UniqueViolationError);
      await expect(create(mcpServer({ name: "c" }), 1)).rejects.toThrow(GuardFailedError);
    });

    it("lends those of a project to others for as long as it is shared", async () => {
      const shared = project({ ownerId: randomUUID(), shared: true });
      await store.projects.create(shared, auditRecord());
      const server = mcpServer({ ownerId: shared.ownerId, projectId: shared.id });
      await create(server);
      const idsFor = async (ownerId: string) =>
        (await store.mcpServers.of({ ownerId, projectId: shared.id })).map(({ id }) => id);
      const other = randomUUID();
      expect(await idsFor(other)).toEqual([server.id]);
      await store.projects.update(shared.id, { ...shared, shared: false }, auditRecord());
      expect(await idsFor(other)).toEqual([]);
      expect(await idsFor(shared.ownerId)).toEqual([server.id]);
    });

    it("raises the revision with each change, and refuses one of an earlier revision", async () => {
      const server = mcpServer({});
      await create(server);
      const changed: StoredMcpServer = {
        ...server,
        name: "renamed",
        transport: { kind: "http", url: "https://mcp.example/", headers: ["X"] },
        enabled: false,
        onlyTools: ["echo"],
        sealed: "v1:other",
        updatedAt: 2,
      };
      await store.mcpServers.update(server, changed, auditRecord());
      expect(await store.mcpServers.find(server.id)).toEqual({ ...changed, revision: 2 });
      await expect(store.mcpServers.update(server, server, auditRecord())).rejects.toThrow(GuardFailedError);
      await store.mcpServers.delete(server.id, auditRecord());
      expect(await store.mcpServers.find(server.id)).toBeUndefined();
    });

    it("keeps what users authorized, each once and for themselves", async () => {
      const { mcpAuthorizations } = store;
      const server = mcpServer({});
      await create(server);
      const key = { serverId: server.id, userId: OWNER };
      const other = { serverId: server.id, userId: randomUUID() };
      const pending = { sealed: "v1:pending", hash: "hash", until: 10 };
      await mcpAuthorizations.begin(key, { ...pending, hash: "earlier" }, auditRecord());
      await mcpAuthorizations.begin(key, pending, auditRecord());
      const take = async (userId: string, hash: string, now: number) =>
        mcpAuthorizations.take({ userId, hash, now });
      expect(await take(OWNER, "earlier", 9)).toBeUndefined();
      expect(await take(other.userId, "hash", 9)).toBeUndefined();
      expect(await take(OWNER, "hash", 10)).toBeUndefined();
      const both = await Promise.all([take(OWNER, "hash", 9), take(OWNER, "hash", 9)]);
      expect(both.filter((taken) => taken !== undefined)).toEqual([
        { serverId: server.id, sealed: "v1:pending" },
      ]);

      const claim = async (now: number) => mcpAuthorizations.claim(key, { now, until: now + 5 });
      expect(await claim(1)).toBe(false);
      await mcpAuthorizations.put(key, "v1:tokens", 1, auditRecord());
      await expect(mcpAuthorizations.put(other, "v1:x", 1, auditRecord())).rejects.toThrow(GuardFailedError);
      expect((await Promise.all([claim(1), claim(1)])).filter(Boolean)).toEqual([true]);
      expect(await claim(6)).toBe(true);
      await mcpAuthorizations.renewed(key, { before: "v1:tokens", sealed: "v1:renewed" });
      await expect(mcpAuthorizations.renewed(key, { before: "v1:tokens", sealed: null })).rejects.toThrow(
        GuardFailedError,
      );
      const stored = { ...key, sealed: "v1:renewed", refreshingUntil: null };
      expect(await mcpAuthorizations.find(key)).toEqual(stored);
      expect(await claim(7)).toBe(true);
      await mcpAuthorizations.unclaim(key);
      expect(await mcpAuthorizations.ofServer(server.id)).toEqual([stored]);
      await store.mcpServers.delete(server.id, auditRecord());
      expect(await mcpAuthorizations.find(key)).toBeUndefined();
    });

    it("goes with its project and with its user", async () => {
      const user = { id: OWNER, name: "u", createdAt: 1, removedAt: null };
      await store.users.create(user, auditRecord());
      const mine = mcpServer({ name: "mine" });
      const theirs = mcpServer({ name: "theirs", ownerId: randomUUID() });
      for (const each of [mine, theirs]) await create(each);
      await store.users.remove({ id: OWNER, at: 2, sessionsHiddenBy: null }, auditRecord());
      expect(await store.mcpServers.find(mine.id)).toBeUndefined();
      expect(await store.mcpServers.find(theirs.id)).toEqual(theirs);
    });
  });
}

function project(given: Partial<Project>): Project {
  return {
    id: randomUUID(),
    ownerId: OWNER,
    name: randomUUID(),
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

function mcpServer(given: Partial<StoredMcpServer>): StoredMcpServer {
  return {
    id: randomUUID(),
    ownerId: OWNER,
    projectId: null,
    name: "tools",
    transport: {
      kind: "stdio",
      command: "npx",
      args: ["-y", "server"],
      network: "allowlist",
      allowedHosts: [],
      environment: ["TOKEN"],
    },
    sealed: "v1:secret",
    enabled: true,
    trust: "none",
    onlyTools: null,
    timeoutMs: 60_000,
    revision: 1,
    createdAt: 1,
    updatedAt: 1,
    ...given,
  };
}
