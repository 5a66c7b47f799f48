import { randomUUID } from "node:crypto";
import type { Budget, Usage } from "@trunkline/contract";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "../../agent/clock.ts";
import type { RunInput } from "../../agent/port.ts";
import { BudgetExceeded } from "../../agent/run-failure.ts";
import { RunState } from "../../agent/run-state.ts";
import { reserveFromBudgets } from "../../agent/shared-budgets.ts";
import type { NounsHarness } from "../../store/nouns/nouns-conformance.ts";
import type { Store } from "../../store/port.ts";
import { auditRecord } from "../../store/testing/audit-record.ts";
import { OWNER, readLog } from "../../store/testing/session-log.ts";
import { createBudgets } from "../budgets.ts";
import type { BudgetedTask, Budgets } from "../port.ts";
import { createPrices } from "../prices.ts";

/** A call costs 5 cents for a thousand tokens. */
const PRICES = createPrices({ "p:m": { inputUsdPerMillion: 50, outputUsdPerMillion: 50 } });
const MODEL = { name: "p:m" } as RunInput["model"];

/** What a call uses: a cent. */
const CENT: Usage = { inputTokens: 150, outputTokens: 50, costUsd: 0.01, priceSource: "operator" };

/** What budgets must hold on any engine, over the real ledger: only the model's answer is left out. */
export function describeLedger(name: string, createHarness: () => Promise<NounsHarness>): void {
  describe(`ledger: ${name}`, () => {
    let harness: NounsHarness;
    let store: Store;
    let budgets: Budgets;
    beforeEach(async () => {
      harness = await createHarness();
      store = await harness.open();
      budgets = createBudgets({
        store,
        append: async (sessionId, events) => store.append(sessionId, events),
        now: Date.now,
      });
    });
    afterEach(async () => {
      await store.close();
      await harness[Symbol.asyncDispose]();
    });

    /** A task that runs. */
    async function start(options: { budget?: Budget; under?: BudgetedTask } = {}): Promise<BudgetedTask> {
      const { budget = {}, under } = options;
      const [sessionId, taskId] = [randomUUID(), randomUUID()];
      const parentTaskId = under?.taskId ?? null;
      const parent = under && {
        sessionId: under.sessionId,
        taskId: under.taskId,
        rootSessionId: under.sessionId,
        rootTaskId: under.taskId,
      };
      await store.append(
        sessionId,
        [
          {
            taskId: null,
            type: "session.created",
            data: { title: "t", model: null, agent: "default", ...(parent && { parent }) },
          },
          { taskId, type: "task.submitted", data: { prompt: "x", model: null, whenBusy: "enqueue", budget } },
          { taskId, attempt: 1, type: "task.started", data: { attempt: 1, node: "n" } },
        ],
        { ownerId: OWNER },
      );
      const head = { taskId, sessionId, ownerId: OWNER, projectId: null };
      return { ...head, parentTaskId, budget };
    }

    /** Makes calls of one cent until a budget ends it. @returns what was exceeded, and the number of calls */
    async function spendAll(task: BudgetedTask, step = () => CENT) {
      const { sessionId, taskId } = task;
      const signal = AbortSignal.timeout(60_000);
      const state = await RunState.read({
        ...task,
        importedSeq: 0,
        log: {
          read: async (range: Parameters<Store["events"]["page"]>[1]) => store.events.page(sessionId, range),
        },
        sink: {
          append: async (events: readonly object[]) =>
            store.append(sessionId, events.map((event) => ({ ...event, taskId, attempt: 1 })) as never, {
              fence: { taskId, attempt: 1 },
            }),
        },
        signal,
      } as unknown as RunInput);
      const clock = { ...systemClock, wait: async () => systemClock.wait(5, signal) };
      for (let calls = 0; ; calls++) {
        try {
          await reserveFromBudgets({ budgets, task, model: MODEL, prices: PRICES, state, clock, signal });
        } catch (error) {
          if (!(error instanceof BudgetExceeded)) throw error;
          return { exceeded: error.data, calls };
        }
        const ended = { step: calls + 1, usage: step(), toolCalls: [], workedMs: 7 };
        await state.record({ type: "step.started", data: { step: calls + 1, model: "p:m" } });
        await state.record({ type: "step.ended", data: { ...ended, finishReason: "stop" } });
      }
    }

    it("a task of 5 cents with two subagents in parallel spends at most one call more", async () => {
      const root = await start({ budget: { costUsd: 0.05 } });
      const children = [await start({ under: root }), await start({ under: root })];
      const ends = await Promise.all(children.map(async (child) => spendAll(child)));
      for (const { exceeded } of ends) {
        expect(exceeded).toMatchObject({ budget: "cost", limit: 0.05, ofTaskId: root.taskId });
        expect(exceeded.spent).toBeLessThan(0.05 + 0.011);
      }
      // Whoever started them can't go on either.
      const { exceeded, calls } = await spendAll(root);
      expect(calls).toBe(0);
      expect(exceeded.spent).toBeCloseTo(0.01 * (ends[0]!.calls + ends[1]!.calls), 9);
      const told = (await readLog(store, root.sessionId)).filter(({ type }) => type === "budget.warned");
      // None where two calls at once went from below 80 % to the end.
      expect(told.length).toBeLessThanOrEqual(1);
      for (const warned of told) {
        expect(warned).toMatchObject({ taskId: root.taskId, data: { budget: "cost", limit: 0.05 } });
      }
      expect(await harness.verify()).toMatchObject({ differing: 0 });
    });

    it("a monthly limit holds over 20 parallel tasks, and one of them is told at 80 %", async () => {
      const month = { costUsd: 0.5, steps: 1_000 };
      await store.budgets.set({ scope: "user", id: OWNER }, { total: {}, month }, 1, auditRecord());
      const tasks = await Promise.all(Array.from({ length: 20 }, async () => start()));
      const ends = await Promise.all(tasks.map(async (task) => spendAll(task)));
      const calls = ends.reduce((sum, end) => sum + end.calls, 0);
      expect(calls).toBeGreaterThanOrEqual(50);
      expect(calls).toBeLessThanOrEqual(51);
      for (const { exceeded } of ends) {
        expect(exceeded).toMatchObject({ budget: "cost", scope: "user", period: "month" });
      }
      const logs = await Promise.all(tasks.map(async ({ sessionId }) => readLog(store, sessionId)));
      expect(logs.flat().filter(({ type }) => type === "budget.warned")).toHaveLength(1);
      expect(await store.usage.ofTask(tasks[0]!)).toMatchObject({
        steps: ends[0]!.calls,
        workedMs: 7 * ends[0]!.calls,
      });
    });

    it("sums by owner, session, model and project, with the children of a task apart", async () => {
      const root = await start();
      const child = await start({ under: root, budget: { steps: 2 } });
      const grandchild = await start({ under: child, budget: { steps: 1 } });
      await spendAll(grandchild, () => ({ inputTokens: 1, outputTokens: 2, costUsd: null }));
      await spendAll(child);
      const range = { from: 0, to: Date.now() + 1_000 };
      expect(await store.usage.sums({ ownerId: OWNER }, range, "all")).toEqual([
        {
          key: null,
          steps: 2,
          inputTokens: 151,
          outputTokens: 52,
          cachedInputTokens: 0,
          costUsd: 0.01,
          unpricedSteps: 1,
        },
      ]);
      const sessions = await store.usage.sums({ ownerId: OWNER }, range, "session");
      expect(new Set(sessions.map(({ key }) => key))).toEqual(
        new Set([child.sessionId, grandchild.sessionId]),
      );
      const below = await store.usage.ofDescendants({ taskId: root.taskId });
      expect(new Set(below.sessionIds)).toEqual(new Set([child.sessionId, grandchild.sessionId]));
      expect(below.spent).toMatchObject({ steps: 2, tokens: 203, costUsd: 0.01 });
      expect((await store.usage.ofDescendants({ sessionId: child.sessionId })).spent.steps).toBe(1);
      expect((await store.usage.ofDescendants({ taskId: root.taskId }, range.to)).spent.steps).toBe(0);
      expect(await store.usage.starterOf(child.sessionId)).toMatchObject({ taskId: root.taskId });
      expect(await store.tasks.head(child.sessionId, 0)).toBeUndefined();
    });

    it("counts what a summary cost, with its task and in the ledger", async () => {
      const { sessionId, taskId } = await start();
      const data = { upToSeq: 1, summary: "s", model: "p:m", usage: CENT };
      await store.append(sessionId, [{ taskId, attempt: 1, type: "context.compacted", data }]);
      expect((await store.tasks.get(taskId))?.usage).toEqual(CENT);
      expect(await store.usage.spent({ sessionId }, { from: 0 })).toMatchObject({ steps: 1, costUsd: 0.01 });
      expect(await harness.verify()).toMatchObject({ differing: 0 });
    });

    it("can be read however much its calls claim to have used, in sums and in the task", async () => {
      const { sessionId, taskId } = await start();
      const usage = { ...CENT, inputTokens: Number.MAX_SAFE_INTEGER, outputTokens: Number.MAX_SAFE_INTEGER };
      // Whole numbers of 64 bits hold 512 such sums.
      const stepsOf = (batch: number) =>
        Array.from({ length: 100 }, (_, index) => {
          const data = {
            step: batch * 100 + index + 1,
            finishReason: "stop" as const,
            toolCalls: [],
            model: "p:m",
            usage,
          };
          return { taskId, attempt: 1, type: "step.ended" as const, data };
        });
      for (let batch = 0; batch < 11; batch++) await store.append(sessionId, stepsOf(batch));
      const most = Number.MAX_SAFE_INTEGER;
      expect(await store.usage.spent({ sessionId }, { from: 0 })).toMatchObject({
        steps: 1_100,
        tokens: most,
      });
      expect(await store.usage.ofTask({ sessionId, taskId })).toMatchObject({ tokens: most });
      expect(
        await store.usage.sums({ ownerId: OWNER }, { from: 0, to: Date.now() + 1 }, "all"),
      ).toMatchObject([{ steps: 1_100, inputTokens: most, outputTokens: most }]);
      expect((await store.tasks.get(taskId))?.usage).toMatchObject({ inputTokens: most, outputTokens: most });
      expect(await harness.verify()).toMatchObject({ differing: 0 });
    });

    it("keeps budgets, and forgets who was warned when one changes", async () => {
      const key = { scope: "session", id: randomUUID() } as const;
      expect(await store.budgets.any()).toBe(false);
      const budget = { total: { tokens: 5 }, month: {} };
      await store.budgets.set(key, budget, 1, auditRecord());
      expect(await store.budgets.several([key, { scope: "server", id: "" }])).toEqual([
        { ...key, ...budget },
      ]);
      const warned = async () => store.budgets.warn(key, "total tokens", 1);
      expect([await warned(), await warned()]).toEqual([true, false]);
      await store.budgets.set(key, { ...budget, month: { steps: 1 } }, 2, auditRecord());
      expect(await warned()).toBe(true);
      await store.budgets.set(key, { total: {}, month: {} }, 3, auditRecord());
      expect(await store.budgets.any()).toBe(false);
    });
  });
}
