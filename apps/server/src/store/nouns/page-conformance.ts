import { isTerminalTaskState, TASK_STATES, type TaskState } from "@trunkline/contract";
import { seededRandom } from "@trunkline/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Store } from "../port.ts";
import type { StoreHarness } from "../store-conformance.ts";

const OWNERS = ["alice", "bob"];
const SESSIONS = ["s1", "s2", "s3"];

/** Of a row of the table of tasks, what these tests set. */
export type PlainTask = Record<"id" | "session_id" | "owner_id" | "state" | "prompt", string> &
  Record<"pos" | "created_at", number> & { state: TaskState; ended_at: number | null };

export interface PagesHarness extends StoreHarness {
  /** Behind the store's back: it would take as many appends. */
  insertTasks(tasks: readonly PlainTask[]): Promise<void>;
}

/** Which tasks a page has, whatever the engine reads for it. */
export function describePages(name: string, createHarness: () => Promise<PagesHarness>): void {
  describe(`queries for pages: ${name}`, () => {
    let harness: PagesHarness;
    let store: Store;

    beforeEach(async () => {
      harness = await createHarness();
      store = await harness.open();
    });
    afterEach(async () => {
      await store.close();
      await harness[Symbol.asyncDispose]();
    });

    /** @returns 400 tasks of two owners in three sessions, in all states that a session can have them in. */
    async function storeTasks(): Promise<PlainTask[]> {
      const random = seededRandom(5);
      const active = new Set<string>();
      const tasks = Array.from({ length: 400 }, (_, index): PlainTask => {
        const session = Math.floor(random() * SESSIONS.length);
        const session_id = SESSIONS[session]!;
        let state: TaskState = TASK_STATES[Math.floor(random() * TASK_STATES.length)]!;
        if ((state === "working" || state === "input-required") && active.has(session_id))
          state = "completed";
        if (state === "working" || state === "input-required") active.add(session_id);
        return {
          id: `t${String(index).padStart(4, "0")}`,
          session_id,
          owner_id: OWNERS[session % 2]!,
          pos: Math.floor(random() * 1_000),
          state,
          prompt: "x",
          created_at: index,
          ended_at: isTerminalTaskState(state) ? index : null,
        };
      });
      for (const [index, id] of SESSIONS.entries()) {
        const created = {
          taskId: null,
          type: "session.created",
          data: { title: id, model: null, agent: "default" },
        } as const;
        await store.append(id, [created], { ownerId: OWNERS[index % 2]! });
      }
      await harness.insertTasks(tasks);
      return tasks;
    }

    it("give the newest tasks of a session or an owner, in any states, before any task", async () => {
      const all = await storeTasks();
      const sets: (TaskState[] | undefined)[] = [
        undefined,
        [],
        ["failed"],
        ["submitted", "working"],
        ["completed", "submitted", "completed"],
        [...TASK_STATES],
      ];
      for (const states of sets) {
        for (const sessionId of [undefined, ...SESSIONS]) {
          for (const beforeId of [undefined, "t0200"]) {
            const expected = all
              .filter((task) =>
                sessionId === undefined ? task.owner_id === "alice" : task.session_id === sessionId,
              )
              .filter((task) => states === undefined || states.includes(task.state))
              .filter((task) => beforeId === undefined || task.id < beforeId)
              .map((task) => task.id)
              .toSorted()
              .toReversed()
              .slice(0, 20);
            const { tasks: found } = await store.tasks.page({
              ownerId: "alice",
              limit: 20,
              ...(sessionId !== undefined && { sessionId }),
              ...(states !== undefined && { states }),
              ...(beforeId !== undefined && { beforeId }),
            });
            expect(found.map((task) => task.id)).toEqual(expected);
          }
        }
      }
    });

    it("end early where texts are large, and go on with the next", async () => {
      const [first] = await storeTasks();
      const prompt = "x".repeat(3_000_000);
      const large = ["u1", "u2", "u3"].map((id, index) => ({
        ...first!,
        id,
        prompt,
        pos: 2_000 + index,
        state: "completed" as const,
        ended_at: 1_000 + index,
      }));
      await harness.insertTasks(large);
      const query = { ownerId: "alice", sessionId: first!.session_id, limit: 20 };
      const ids: string[] = [];
      for (const next of ["u3", "u2", "u1"]) {
        const page = await store.tasks.page({ ...query, beforeId: ids.at(-1) ?? "v" });
        expect(page.tasks[0]).toMatchObject({ id: next, prompt });
        expect([page.tasks.length, page.hasMore]).toEqual([next === "u1" ? 20 : 1, true]);
        ids.push(next);
      }
      const detail = await store.tasks.ofDetail(first!.session_id);
      expect(detail[0]).toMatchObject({ id: "u3", prompt });
      expect(detail.map(({ id }) => id)).not.toContain("u2");
      const whole = await Array.fromAsync(store.tasks.ofSession(first!.session_id));
      expect(whole.filter((task) => task.prompt === prompt).map(({ id }) => id)).toEqual(["u1", "u2", "u3"]);
    });

    it("of what is open end early where that is large, and go on with the next", async () => {
      const [sessionId, taskId] = ["s9", "t9"];
      const data = { title: sessionId, model: null, agent: "default" };
      const text = "é".repeat(1_000_000);
      const asked = (id: string) => [
        {
          taskId,
          type: "approval.requested" as const,
          data: { approvalId: id, callId: id, tool: "t", input: { text }, reason: "r", expiresAt: 100 },
        },
        {
          taskId,
          type: "question.asked" as const,
          data: { questionId: id, callId: id, text, expiresAt: 100 },
        },
      ];
      await store.append(sessionId, [{ taskId: null, type: "session.created", data }], { ownerId: "alice" });
      await store.append(sessionId, [
        { taskId, type: "task.submitted", data: { prompt: "x", model: null, whenBusy: "enqueue" } },
        { taskId, type: "task.started", data: { attempt: 1 } },
      ]);
      for (const id of ["a1", "a2", "a3", "a4", "a5"]) await store.append(sessionId, asked(id));
      for (const requests of [store.approvals, store.questions]) {
        const page = async (beforeId?: string) => {
          const before = beforeId === undefined ? {} : { beforeId };
          const { items, hasMore } = await requests.open({
            ownerId: "alice",
            sessionId,
            ...before,
            limit: 20,
          });
          for (const item of items) expect("input" in item ? item.input : item).toMatchObject({ text });
          return [items.map(({ id }) => id), hasMore];
        };
        expect(await page()).toEqual([["a5"], true]);
        expect(await page("a5")).toEqual([["a4"], true]);
        expect(await page("a2")).toEqual([["a1"], false]);
        expect(await requests.due(100, 20)).toHaveLength(1);
      }
    });

    it("of events end with the one that makes them large", async () => {
      const id = "s9";
      const data = { title: id, model: null, agent: "default" };
      await store.append(id, [{ taskId: null, type: "session.created", data }], { ownerId: "alice" });
      const message = "é".repeat(900_000);
      for (let index = 0; index < 5; index += 1) {
        await store.append(id, [
          { taskId: null, type: "notice", data: { level: "info", message: index === 2 ? "small" : message } },
        ]);
      }
      const seqs = async (range: { after?: number; before?: number; limit: number }) => {
        const { events, hasMore } = await store.events.page(id, range);
        for (const event of events.filter(({ type }) => type === "notice")) {
          const expected = event.seq === 4 ? "small" : message;
          expect((event.data as { message: string }).message === expected).toBe(true);
        }
        return [events.map(({ seq }) => seq), hasMore];
      };
      expect(await seqs({ limit: 100 })).toEqual([[1, 2, 3], true]);
      expect(await seqs({ after: 3, limit: 100 })).toEqual([[4, 5, 6], false]);
      expect(await seqs({ before: 7, limit: 100 })).toEqual([[5, 6], true]);
      expect(await seqs({ before: 5, limit: 100 })).toEqual([[2, 3, 4], true]);
      const notices = await Array.fromAsync(store.events.ofTypes(id, ["notice"]));
      expect(notices.map(({ seq }) => seq)).toEqual([2, 3, 4, 5, 6]);

      // Those that are left out take no room, and small ones are not asked about.
      const asked: number[] = [];
      const leaveOut = ({ seq }: { seq: number }) => asked.push(seq) > 0 && seq !== 5;
      const { events, hasMore } = await store.events.page(id, { limit: 100, leaveOut });
      expect([events.map(({ seq }) => seq), hasMore]).toEqual([[1, 4, 5], false]);
      expect(asked).toEqual([2, 3, 5, 6]);
    });

    it("of the events of some tasks hold no others'", async () => {
      const id = "s10";
      const data = { title: id, model: null, agent: "default" };
      await store.append(id, [{ taskId: null, type: "session.created", data }], { ownerId: "alice" });
      const notice = (taskId: string | null) =>
        ({ taskId, type: "notice", data: { level: "info", message: "x" } }) as const;
      await store.append(id, [notice("t1"), notice(null), notice("t2"), notice("t1"), notice("t3")]);
      const found = await Array.fromAsync(
        store.events.ofTypes(id, ["notice"], { after: 2, taskIds: ["t1", "t3"] }),
      );
      expect(found.map(({ seq }) => seq)).toEqual([5, 6]);
    });

    it("of the news of sessions do, too, and go on where they ended", async () => {
      const message = "x".repeat(900_000);
      const ids = Array.from({ length: 3 }, (_, index) => `n${index}`);
      for (const id of ids) {
        const data = { title: id, model: null, agent: "default" };
        await store.append(id, [{ taskId: null, type: "session.created", data }], { ownerId: "alice" });
        const notice = { taskId: null, type: "notice", data: { level: "info", message } } as const;
        for (let count = 0; count < 6; count += 1) await store.append(id, [notice]);
      }
      const seqs = new Map(ids.map((id): [string, number[]] => [id, []]));
      let behind = new Map(ids.map((id) => [id, 0]));
      for (let round = 0; behind.size > 0; round += 1) {
        const pages = await store.events.news(behind, 1_000);
        const sizes = [...pages.values()].flatMap(({ events }) =>
          events.map(({ data }) => JSON.stringify(data)),
        );
        expect(sizes.reduce((sum, { length }) => sum + length, 0)).toBeLessThan(12_000_000);
        behind = new Map();
        for (const [id, { events, hasMore }] of pages) {
          expect(events.length > 0 || !hasMore).toBe(true);
          seqs.get(id)!.push(...events.map(({ seq }) => seq));
          if (hasMore) behind.set(id, events.at(-1)!.seq);
        }
        expect(round > 0 || behind.size === ids.length).toBe(true);
      }
      for (const id of ids) expect(seqs.get(id)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    });

    it("show of a session what runs, what runs next, and what ended last", async () => {
      const all = (await storeTasks()).filter((task) => task.session_id === "s1");
      const unfinished = all.filter((task) => !isTerminalTaskState(task.state));
      const ended = all.filter((task) => isTerminalTaskState(task.state)).map((task) => task.id);
      const shown = await store.tasks.ofDetail("s1");
      expect(shown).toHaveLength(100);
      const ids = [...unfinished.map((task) => task.id), ...ended.toSorted().slice(unfinished.length - 100)];
      expect(shown.map((task) => task.id)).toEqual(ids.toSorted().toReversed());
    });
  });
}
