import assert from "node:assert";
import {
  ACTIVE_TASK_STATES,
  type Budget,
  isTerminalTaskState,
  type Principal,
  type SubmitTaskInput,
  type SubmitTaskOutput,
  type TaskService,
  TrunklineError,
} from "@trunkline/contract";
import type { Audit } from "../audit/port.ts";
import type { ModelRegistry } from "../agent/port.ts";
import type { Log } from "../log/port.ts";
import type { Runner } from "../runner/port.ts";
import type { Turns } from "../turns/port.ts";
import { type CommitUnit, GuardFailedError, type Store, UniqueViolationError } from "../store/port.ts";
import { newSession, titleFromPrompt } from "./new-session.ts";
import { requireSessionAccess, requireTask } from "./ownership.ts";
import { decodePageCursor, toPage } from "./page-cursor.ts";
import { createQueue } from "./queue.ts";
import { idempotencyConflict, newTask, requestHash, sessionBusy } from "./submit.ts";
import { readNewestTasks } from "./task-query.ts";
import { toTask } from "./task-row.ts";

export interface TaskServiceDeps {
  store: Store;
  log: Log;
  runner: Runner;
  turns: Turns;
  models: ModelRegistry;
  audit: Audit;
  /** Directory that holds a directory per session. */
  workspacesDir: string;
  now: () => number;
}

/** How long `cancel` waits for the task's processes before it answers with the task as it is, in ms. */
const CANCEL_WAIT_MS = 5_000;

export function createTaskService(deps: TaskServiceDeps): TaskService {
  const { store, log, runner, models, audit, now } = deps;
  const queue = createQueue(deps);
  /** Fifty submits at once are acknowledged before fifty runs begin. */
  const ring = (bell: Parameters<Runner["ring"]>[0]): void =>
    deps.turns.afterAnswers(() => runner.ring(bell));

  /** @returns what an earlier submit under the same key stored, or undefined. @throws `idempotency_conflict` */
  async function findEarlier(
    principal: Principal,
    input: SubmitTaskInput,
  ): Promise<SubmitTaskOutput | undefined> {
    if (input.idempotencyKey === undefined) return undefined;
    const row = await store.db
      .selectFrom("tasks")
      .selectAll()
      .where("owner_id", "=", principal.userId)
      .where("idempotency_key", "=", input.idempotencyKey)
      .executeTakeFirst();
    if (row === undefined) return undefined;
    if (row.request_hash !== requestHash(input)) throw idempotencyConflict();
    return { taskId: row.id, sessionId: row.session_id, task: toTask(row) };
  }

  async function submitUnit(
    principal: Principal,
    input: SubmitTaskInput,
    retryOf?: string,
  ): Promise<{ unit: CommitUnit; taskId: string }> {
    const at = now();
    const created =
      input.sessionId === undefined
        ? newSession(store.db, {
            ownerId: principal.userId,
            title: titleFromPrompt(input.prompt),
            model: input.model ?? null,
            workspacesDir: deps.workspacesDir,
            now: at,
          })
        : undefined;
    const sessionId = created?.id ?? input.sessionId;
    assert(sessionId !== undefined);
    const task = newTask(store.db, principal, sessionId, input, at);
    const unit: CommitUnit = {
      sessionId,
      events: [
        ...(created === undefined ? [] : [created.event]),
        {
          taskId: task.id,
          type: "task.submitted",
          data: { prompt: input.prompt, model: input.model ?? null, retryOf },
        },
      ],
      writes: [...(created === undefined ? [] : [created.write]), ...task.writes],
    };
    return { unit, taskId: task.id };
  }

  async function cancelActive(principal: Principal, sessionId: string): Promise<void> {
    const active = await store.db
      .selectFrom("tasks")
      .select("id")
      .where("session_id", "=", sessionId)
      .where("state", "in", [...ACTIVE_TASK_STATES])
      .executeTakeFirst();
    if (active === undefined) return;
    await runner.cancel(active.id, { reason: "superseded", by: principal.name }, CANCEL_WAIT_MS);
  }

  return {
    async submit(principal, input) {
      const earlier = await findEarlier(principal, input);
      if (earlier !== undefined) return earlier;
      // A model that does not exist is the caller's mistake, and is told before anything is stored.
      if (input.model !== undefined) models.resolve(input.model);
      const { unit, taskId } = await submitUnit(principal, input);
      const { sessionId } = unit;
      try {
        await log.append(unit);
      } catch (error) {
        if (error instanceof UniqueViolationError) {
          const winner = await findEarlier(principal, input);
          if (winner !== undefined) return winner;
        }
        if (error instanceof GuardFailedError && input.sessionId !== undefined) {
          // The insert itself checks whose session it is; only where it refuses is there something to find out.
          await requireSessionAccess(store.db, principal, sessionId);
          if (input.whenBusy === "reject") throw sessionBusy(sessionId);
        }
        throw error;
      }
      ring({ sessionId, ownerId: principal.userId });
      if (input.whenBusy === "interrupt") await cancelActive(principal, sessionId);
      return { taskId, sessionId, task: toTask(await requireTask(store.db, principal, taskId)) };
    },

    async get(principal, { taskId }) {
      return toTask(await requireTask(store.db, principal, taskId));
    },

    async list(principal, { sessionId, states, cursor, limit }) {
      if (sessionId !== undefined) await requireSessionAccess(store.db, principal, sessionId);
      const beforeId = cursor === undefined ? undefined : decodePageCursor(cursor).id;
      const rows = await readNewestTasks(store.db, {
        ownerId: principal.userId,
        sessionId,
        states,
        beforeId,
        limit: limit + 1,
      });
      return toPage(rows, limit, toTask, ({ createdAt }) => createdAt);
    },

    async retry(principal, { taskId }) {
      const row = await requireTask(store.db, principal, taskId);
      if (!isTerminalTaskState(row.state)) {
        throw new TrunklineError("task_not_terminal", `Task ${taskId} has not ended; cancel it first`);
      }
      const input: SubmitTaskInput = {
        prompt: row.prompt,
        sessionId: row.session_id,
        whenBusy: "enqueue",
        model: row.model ?? undefined,
        budget: row.budget_json === null ? undefined : (JSON.parse(row.budget_json) as Budget),
      };
      const { unit, taskId: newTaskId } = await submitUnit(principal, input, taskId);
      await log.append(unit);
      ring({ sessionId: row.session_id, ownerId: principal.userId });
      return toTask(await requireTask(store.db, principal, newTaskId));
    },

    edit: queue.edit,
    move: queue.move,

    async cancel(principal, { taskId }) {
      await requireTask(store.db, principal, taskId);
      await Promise.all([
        runner.cancel(taskId, { reason: "user", by: principal.name }, CANCEL_WAIT_MS),
        audit.record({ by: principal, action: "task.cancel", target: taskId, decision: "allowed" }),
      ]);
      return toTask(await requireTask(store.db, principal, taskId));
    },
  };
}
