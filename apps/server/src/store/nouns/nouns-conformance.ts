import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { GuardFailedError, type Store, UniqueViolationError } from "../port.ts";
import type { StoreHarness } from "../store-conformance.ts";
import { auditRecord } from "../testing/audit-record.ts";
import { createVisibleSession, notice, OWNER, readLog, readMessages } from "../testing/session-log.ts";
import type { VerifyReport } from "../verify/verify-store.ts";

export interface NounsHarness extends StoreHarness {
  verify(): Promise<VerifyReport>;
}

/** NUL, which PostgreSQL can't store; its escape; not a lone surrogate, which is no text. */
const ODD = "a\0b\u0001c\u0001\u0002\u0001\u0003\0\0é漢🚀'\"\\%_";

/** Conformance suite for the nouns of every engine. */
export function describeNouns(name: string, createHarness: () => Promise<NounsHarness>): void {
  describe(`nouns: ${name}`, () => {
    let harness: NounsHarness;
    let store: Store;
    beforeEach(async () => {
      harness = await createHarness();
      store = await harness.open();
    });
    afterEach(async () => {
      // Whatever a test did, rows follow from the logs.
      expect((await harness.verify()).differences).toEqual([]);
      await store.close();
      await harness[Symbol.asyncDispose]();
    });

    it("keeps every text as it is, wherever it is stored", async () => {
      const sessionId = randomUUID();
      const taskId = randomUUID();
      const approvalId = randomUUID();
      const created = { title: ODD, model: ODD, agent: ODD };
      await store.append(sessionId, [{ taskId: null, type: "session.created", data: created }], {
        ownerId: OWNER,
      });
      await store.append(sessionId, [
        notice(ODD),
        { taskId, type: "task.submitted", data: { prompt: ODD, model: null, whenBusy: "enqueue" } },
        { taskId, type: "task.started", data: { attempt: 1, node: ODD } },
        {
          taskId,
          type: "approval.requested",
          data: { approvalId, callId: ODD, tool: ODD, input: { [ODD]: ODD }, reason: ODD, expiresAt: 1 },
        },
        { taskId, type: "approval.answered", data: { approvalId, decision: "allow", by: ODD, note: ODD } },
        { taskId, type: "task.completed", data: { result: ODD } },
      ]);
      await store.users.create(
        { id: randomUUID(), name: ODD, createdAt: 1, removedAt: null },
        auditRecord({ action: ODD, target: ODD, detail: ODD }),
      );
      expect(await readMessages(store, sessionId)).toEqual([ODD]);
      expect(await store.sessions.find(OWNER, sessionId)).toMatchObject(created);
      expect(await store.tasks.get(taskId)).toMatchObject({ prompt: ODD, result: ODD, state: "completed" });
      expect(await store.approvals.find(OWNER, approvalId)).toMatchObject({
        callId: ODD,
        note: ODD,
        answeredBy: ODD,
      });
      expect(await store.users.findByName(ODD)).toMatchObject({ name: ODD });
      expect(await store.audit.page({ action: ODD, limit: 9 })).toMatchObject([{ target: ODD, detail: ODD }]);
    });

    it("sorts ids by their bytes", async () => {
      const ids = ["a", "B", "-", "0", "ä", "_", "Z", "aa", "a-a", "é"];
      for (const id of ids) await store.audit.add(auditRecord({ id }));
      const sorted = ids.toSorted((a, b) => Buffer.compare(Buffer.from(b), Buffer.from(a)));
      const paged: string[] = [];
      for (let beforeId: string | undefined; ;) {
        const page = await store.audit.page({ limit: 3, ...(beforeId !== undefined && { beforeId }) });
        paged.push(...page.map(({ id }) => id));
        beforeId = page.at(-1)?.id;
        if (beforeId === undefined) break;
      }
      expect(paged).toEqual(sorted);
    });

    it("keeps users' keys for providers apart, and lets them go with their user", async () => {
      const [ann, bob] = [randomUUID(), randomUUID()];
      const put = async (userId: string, provider: string, sealed: string) =>
        store.providerKeys.put({ userId, provider, sealed, updatedAt: 1 }, auditRecord());
      await put(ann, "groq", "v1:old");
      await put(ann, "groq", "v1:a");
      await put(ann, "anthropic", "v1:b");
      await put(bob, "groq", "v1:c");
      expect(await store.providerKeys.find(ann, "groq")).toBe("v1:a");
      expect(await store.providerKeys.providersOf(ann)).toEqual(["anthropic", "groq"]);
      await store.providerKeys.remove(ann, "anthropic", auditRecord());
      expect(await store.providerKeys.find(ann, "anthropic")).toBeUndefined();
      await store.users.create({ id: ann, name: "ann", createdAt: 1, removedAt: null }, auditRecord());
      await store.users.remove({ id: ann, at: 2, sessionsHiddenBy: null }, auditRecord());
      expect(await store.providerKeys.providersOf(ann)).toEqual([]);
      expect(await store.providerKeys.find(bob, "groq")).toBe("v1:c");
    });

    it("keeps the effort of a session, of its fork and of a task, and gives it to the run", async () => {
      const created = { title: "t", model: null, effort: "low", agent: "default" } as const;
      const submitted = { prompt: "x", model: null, effort: "max", whenBusy: "enqueue" } as const;
      await store.append(
        "thinks",
        [
          { taskId: null, type: "session.created", data: created },
          { taskId: "thinks-hard", type: "task.submitted", data: submitted },
        ],
        { ownerId: OWNER },
      );
      expect(await store.tasks.head("thinks", 0)).toMatchObject({
        task: { effort: "max" },
        session: { effort: "low" },
      });
      await store.append("thinks", [
        { taskId: null, type: "session.updated", data: { effort: null } },
        { taskId: null, type: "session.updated", data: { title: "u" } },
      ]);
      expect(await store.sessions.find(OWNER, "thinks")).toMatchObject({ title: "u", effort: null });
      await store.sessions.begin({ id: "fork-thinks", ownerId: OWNER, lastSeq: 1, at: 1, hiddenBy: "n" });
      const forked = { parentId: "thinks", atSeq: 1, title: "f", model: null, effort: "high" } as const;
      await store.append("fork-thinks", [{ taskId: null, type: "session.forked", data: forked }], {
        ownerId: OWNER,
        reveals: true,
      });
      expect(await store.sessions.find(OWNER, "fork-thinks")).toMatchObject({ effort: "high" });
    });

    it("gives pages of sessions, the last changed first, and those whose title has a text in whatever form", async () => {
      const titles = ["Straße", "STRASSE 2", "other", "Ｓｔｒａｓｓｅ", "café", "100%_sure"];
      const ids: string[] = [];
      for (const [index, title] of titles.entries()) {
        const id = `s${index}`;
        const data = { title, model: null, agent: "default" };
        await store.append(id, [{ taskId: null, type: "session.created", data }], { ownerId: OWNER });
        ids.push(id);
      }
      const page = async (query: Partial<Parameters<Store["sessions"]["page"]>[0]> = {}) =>
        (await store.sessions.page({ ownerId: OWNER, archived: false, limit: 10, ...query })).map(
          ({ id }) => id,
        );
      expect((await page({ text: "strasse" })).toSorted()).toEqual(["s0", "s1", "s3"]);
      expect(await page({ text: "CAFE" })).toEqual(["s4"]);
      expect(await page({ text: "%_S" })).toEqual(["s5"]);
      expect(await page({ text: "0%s" })).toEqual([]);
      await store.append("s2", [
        { taskId: null, type: "session.updated", data: { title: "Now a strasse", archived: true } },
      ]);
      expect(await page({ text: "strasse", archived: true })).toEqual(["s2"]);
      const all = await store.sessions.page({ ownerId: OWNER, archived: false, limit: 10 });
      const expected = all
        .toSorted((a, b) => b.updatedAt - a.updatedAt || (a.id < b.id ? 1 : -1))
        .map(({ id }) => id);
      const paged: string[] = [];
      for (let after: { sort: number; id: string } | undefined; ;) {
        const part = await store.sessions.page({
          ownerId: OWNER,
          archived: false,
          limit: 2,
          ...(after && { after }),
        });
        paged.push(...part.map(({ id }) => id));
        const last = part.at(-1);
        if (last === undefined) break;
        after = { sort: last.updatedAt, id: last.id };
      }
      expect(paged).toEqual(expected);
      expect(paged).toHaveLength(5);
      expect(
        (await store.sessions.several(OWNER, ["s1", "s4", "none"])).map(({ id }) => id).toSorted(),
      ).toEqual(["s1", "s4"]);
      expect(await store.sessions.several(OWNER, [])).toEqual([]);
      expect((await store.sessions.idsOf(OWNER)).toSorted()).toEqual(ids);
      expect(await store.sessions.lastSeq(OWNER, "s2")).toBe(2);
      expect(await store.sessions.lastSeq("somebody", "s2")).toBeUndefined();
      expect(await store.sessions.ownerOf("s2")).toBe(OWNER);
    });

    it("lets one task run at a time, and tells what a session is doing", async () => {
      const sessionId = await createVisibleSession(store);
      const [first, second] = [randomUUID(), randomUUID()];
      const submitted = { prompt: "x", model: null, whenBusy: "enqueue" } as const;
      await store.append(sessionId, [{ taskId: first, type: "task.submitted", data: submitted }]);
      await store.append(sessionId, [
        {
          taskId: second,
          type: "task.submitted",
          data: { ...submitted, idempotencyKey: "k", requestHash: "h" },
        },
      ]);
      const status = async () => (await store.sessions.find(OWNER, sessionId))?.status;
      expect(await status()).toBe("queued");
      expect((await store.tasks.head(sessionId, 0))?.task.id).toBe(first);
      expect(await store.tasks.waitingSessions()).toEqual([{ sessionId, ownerId: OWNER }]);
      expect((await store.tasks.countUnfinished()).get("submitted")).toBeGreaterThan(0);
      const page = { after: undefined, limit: 1 };
      const [startable] = await store.tasks.startable(page);
      expect(startable).toMatchObject({ sessionId, ownerId: OWNER });
      expect(await store.tasks.startable({ ...page, after: startable })).toEqual([]);
      const busy = store.append(sessionId, [notice("x")], { expect: { notBusy: true } });
      await expect(busy).rejects.toMatchObject({ guard: "busy" });
      await store.append(sessionId, [
        { taskId: first, type: "task.started", data: { attempt: 1, node: "n" } },
      ]);
      expect(await status()).toBe("working");
      expect(await store.tasks.head(sessionId, 0)).toBeUndefined();
      expect(await store.tasks.startable(page)).toEqual([]);
      expect((await store.tasks.active(sessionId))?.id).toBe(first);
      expect((await store.tasks.orphans()).map(({ id }) => id)).toEqual([first]);
      const node = { id: "n", name: "node", startedAt: 1 };
      await store.nodes.renew(node, -1);
      expect(await store.nodes.isLive("n")).toBe(false);
      expect(await store.tasks.orphans()).toHaveLength(1);
      await store.nodes.renew(node, 60_000);
      expect(await store.nodes.isLive("n")).toBe(true);
      expect(await store.tasks.orphans()).toEqual([]);
      expect((await store.tasks.ofNode("n")).map(({ id }) => id)).toEqual([first]);
      expect(await store.tasks.ofNode("other")).toEqual([]);
      expect(await store.nodes.forgetDead(0)).toBe(0);
      await store.nodes.leave("n");
      expect(await store.tasks.orphans()).toHaveLength(1);
      await store.nodes.renew(node, -1_000);
      expect(await store.nodes.forgetDead(100_000)).toBe(0);
      expect(await store.nodes.forgetDead(500)).toBe(1);
      await store.nodes.renew(node, null);
      expect(await store.nodes.isLive("n")).toBe(true);
      await store.append(sessionId, [
        { taskId: first, type: "task.input-required", data: { reason: "limit", until: 50 } },
      ]);
      expect(await status()).toBe("input-required");
      expect(await store.tasks.resumable(49)).toEqual([]);
      expect(await store.tasks.resumable(50)).toEqual([{ sessionId, ownerId: OWNER }]);
      expect((await store.tasks.head(sessionId, 50))?.task.id).toBe(first);
      expect((await store.tasks.byIdempotencyKey(OWNER, "k"))?.id).toBe(second);
      expect(await store.tasks.unfinished({ sessionId })).toEqual([second, first]);
      expect((await store.tasks.unfinished({ ownerId: OWNER })).toSorted()).toEqual(
        [first, second].toSorted(),
      );
      expect((await store.tasks.unfinished("everybody")).toSorted()).toEqual([first, second].toSorted());
      await store.append(sessionId, [
        { taskId: first, type: "task.canceled", data: { reason: "user", by: "alice" } },
      ]);
      expect((await store.tasks.head(sessionId, 0))?.task.id).toBe(second);
      expect((await store.tasks.ofDetail(sessionId)).map(({ id }) => id).toSorted()).toEqual(
        [first, second].toSorted(),
      );
      expect(await store.tasks.find("somebody", first)).toBeUndefined();
    });

    it("finds what is open, and what is due", async () => {
      const sessionId = await createVisibleSession(store);
      const taskId = randomUUID();
      await store.append(sessionId, [
        { taskId, type: "task.submitted", data: { prompt: "x", model: null, whenBusy: "enqueue" } },
        { taskId, type: "task.started", data: { attempt: 1 } },
        {
          taskId,
          type: "approval.requested",
          data: { approvalId: "a1", callId: "c", tool: "t", input: {}, reason: "r", expiresAt: 100 },
        },
        {
          taskId,
          type: "approval.requested",
          data: { approvalId: "a2", callId: "d", tool: "t", input: {}, reason: "r", expiresAt: 200 },
        },
        {
          taskId,
          type: "question.asked",
          data: { questionId: "q1", callId: "e", text: "?", expiresAt: 150 },
        },
        { taskId, type: "question.asked", data: { questionId: "q2", callId: "f", text: "?" } },
      ]);
      const open = async () =>
        (await store.approvals.open({ ownerId: OWNER, limit: 9 })).items.map(({ id }) => id);
      expect(await open()).toEqual(["a2", "a1"]);
      expect(
        (await store.approvals.open({ ownerId: OWNER, sessionId, beforeId: "a2", limit: 9 })).items,
      ).toHaveLength(1);
      expect((await store.approvals.due(100, 9)).map(({ id, ownerId }) => [id, ownerId])).toEqual([
        ["a1", OWNER],
      ]);
      expect(await store.approvals.nextExpiry()).toBe(100);
      expect(await store.questions.nextExpiry()).toBe(150);
      await store.append(sessionId, [{ taskId, type: "approval.expired", data: { approvalId: "a1" } }]);
      const again = store.append(sessionId, [
        { taskId, type: "approval.expired", data: { approvalId: "a1" } },
      ]);
      await expect(again).rejects.toMatchObject({ guard: "approval" });
      await store.append(sessionId, [
        {
          taskId,
          type: "question.answered",
          data: { questionId: "q1", answer: { text: "yes" }, by: "alice" },
        },
      ]);
      expect(await open()).toEqual(["a2"]);
      await store.append(sessionId, [{ taskId, type: "task.completed", data: { result: "" } }]);
      expect(await open()).toEqual([]);
      expect((await store.questions.open({ ownerId: OWNER, limit: 9 })).items).toEqual([]);
      expect(await store.questions.nextExpiry()).toBeNull();
      expect(await store.questions.find(OWNER, "q1")).toMatchObject({
        state: "answered",
        answer: { text: "yes" },
      });
    });

    it("leaves what a live node fills or removes to it, and gives the rest to one of the others", async () => {
      await store.nodes.renew({ id: "live", name: "live", startedAt: 0 }, 60_000);
      await store.nodes.renew({ id: "dead", name: "dead", startedAt: 0 }, -1);
      const [ofLive, ofDead] = [randomUUID(), randomUUID()];
      await store.sessions.begin({ id: ofLive, ownerId: OWNER, at: 0, hiddenBy: "live" });
      await store.sessions.begin({ id: ofDead, ownerId: OWNER, at: 0, hiddenBy: "dead" });
      const abandoned = { id: ofDead, hiddenBy: "dead" };
      expect(await store.sessions.abandoned()).toEqual([abandoned]);
      await store.sessions.adopt(abandoned, "live");
      await expect(store.sessions.adopt(abandoned, "other")).rejects.toBeInstanceOf(GuardFailedError);
      expect(await store.sessions.abandoned()).toEqual([]);
    });

    it("tells of several sessions what is new, and how far they are", async () => {
      const [one, other, hidden] = [
        await createVisibleSession(store),
        await createVisibleSession(store),
        randomUUID(),
      ];
      await store.sessions.begin({ id: hidden, ownerId: OWNER, at: 0, hiddenBy: NODE });
      await store.append(one, ["a", "b", "c"].map(notice));
      expect(await store.sessions.lastSeqs([one, other, hidden, randomUUID()])).toEqual(
        new Map([
          [one, 4],
          [other, 1],
        ]),
      );
      const news = await store.events.news(
        new Map([
          [one, 2],
          [other, 1],
        ]),
        1,
      );
      expect(news.get(one)).toMatchObject({ events: [{ seq: 3, sessionId: one }], hasMore: true });
      expect(news.get(other)).toEqual({ events: [], hasMore: false });
      expect((await store.events.news(new Map([[one, 3]]), 9)).get(one)).toMatchObject({
        events: [{ seq: 4 }],
        hasMore: false,
      });
    });

    it("fills sessions out of sight, copies and removes logs, and finds them only when they are whole", async () => {
      const parentId = await createVisibleSession(store);
      const taskId = randomUUID();
      const messages = Array.from({ length: 1_200 }, (_, index) => String(index));
      await store.append(parentId, messages.map(notice));
      await store.append(parentId, [
        { taskId, type: "task.submitted", data: { prompt: "x", model: null, whenBusy: "enqueue" } },
      ]);
      const forkId = randomUUID();
      await store.sessions.begin({ id: forkId, ownerId: OWNER, lastSeq: 1_202, at: 5, hiddenBy: NODE });
      await store.sessions.copyLog(parentId, forkId, 1_202);
      expect(await store.sessions.find(OWNER, forkId)).toBeUndefined();
      const forked = { parentId, atSeq: 1_202, title: "fork", model: null, agent: "default" };
      await store.append(forkId, [{ taskId: null, type: "session.forked", data: forked }], {
        reveals: true,
        expect: { sessionId: parentId },
      });
      expect(await store.sessions.find(OWNER, forkId)).toMatchObject({
        parentId,
        forkedAtSeq: 1_202,
        lastSeq: 1_203,
      });
      expect(await readMessages(store, forkId)).toEqual(messages);
      expect(await store.tasks.ofDetail(forkId)).toEqual([]);

      const document = await readLog(store, parentId);
      const importedId = randomUUID();
      await store.sessions.begin({ id: importedId, ownerId: OWNER, importKey: "key", at: 5, hiddenBy: NODE });
      await expect(
        store.sessions.begin({ id: randomUUID(), ownerId: OWNER, importKey: "key", at: 5, hiddenBy: NODE }),
      ).rejects.toThrow(UniqueViolationError);
      expect(await store.sessions.importedAs(OWNER, "key")).toBeUndefined();
      // Like an import: tasks ended there get new ids.
      const ownTask = randomUUID();
      const imported = document.map((event) =>
        event.taskId === taskId ? { ...event, taskId: ownTask } : event,
      );
      await store.sessions.insertLog(importedId, imported.slice(0, 700));
      await store.sessions.insertLog(importedId, [
        ...imported.slice(700),
        { taskId: ownTask, seq: 1_300, at: 9, type: "task.started", data: { attempt: 1 } },
      ]);
      // Nobody may recover it: it is history halfway through.
      expect((await store.tasks.orphans()).map(({ id }) => id)).not.toContain(ownTask);
      await store.sessions.insertLog(importedId, [
        { taskId: ownTask, seq: 1_301, at: 9, type: "task.failed", data: failed },
      ]);
      const data = { title: "document", agent: "default", model: null, createdAt: 1, updatedAt: 2 };
      await store.append(importedId, [{ taskId: null, type: "session.imported", data }], { reveals: true });
      expect(await store.sessions.importedAs(OWNER, "key")).toBe(importedId);
      expect(await store.sessions.find(OWNER, importedId)).toMatchObject({
        importedSeq: 1_301,
        updatedAt: 2,
      });
      await expect(store.sessions.insertLog(importedId, imported.slice(0, 1))).rejects.toThrow();
      expect((await store.events.last(importedId, ["notice"]))?.data).toMatchObject({ message: "1199" });
      const notices = await Array.fromAsync(store.events.ofTypes(importedId, ["notice"], { after: 100 }));
      expect(notices).toHaveLength(1_101);
      const newest = await store.events.page(importedId, { before: 1_000, limit: 3 });
      expect([newest.events.map(({ seq }) => seq), newest.hasMore]).toEqual([[997, 998, 999], true]);

      await store.sessions.hide({ id: importedId, at: 10, hiddenBy: NODE }, auditRecord());
      await store.sessions.remove(importedId);
      expect(await store.sessions.abandoned()).toEqual([]);
      expect(await store.sessions.ownerOf(importedId)).toBeUndefined();
      expect(await readLog(store, importedId)).toEqual([]);
    });
  });
}

/** Of no process. */
const NODE = "node";

const failed = { reason: "error", error: { code: "x", message: ODD, retryable: false } } as const;
