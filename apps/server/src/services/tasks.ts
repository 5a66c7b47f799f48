import {
  type ErrorReason,
  isTerminalTaskState,
  type Principal,
  type RetryTaskInput,
  type SubmitTaskInput,
  type SubmitTaskOutput,
  type Task,
  type TaskService,
  TrunklineError,
} from "@trunkline/contract";
import type { Audit } from "../audit/port.ts";
import type { AgentRegistry, ModelRegistry } from "../agent/port.ts";
import type { Log } from "../log/port.ts";
import type { Runner } from "../runner/port.ts";
import type { Turns } from "../turns/port.ts";
import { GuardFailedError, type Store, UniqueViolationError } from "../store/port.ts";
import { attachedAgain, resolveAttachments } from "./attachments.ts";
import { chooseWorkspace } from "./choose-workspace.ts";
import { requireSessionAccess, requireTask } from "./ownership.ts";
import { decodePageCursor, toPage } from "./page-cursor.ts";
import { createQueue } from "./queue.ts";
import {
  idempotencyConflict,
  requestHash,
  retryHash,
  type Submission,
  submission,
  type SubmissionOptions,
  submitRefusal,
} from "./submit.ts";
import { createSteer, sendToRunning } from "./steering.ts";
import { toTask } from "./task-view.ts";

export interface TaskServiceDeps {
  store: Store;
  log: Log;
  runner: Runner;
  turns: Turns;
  models: ModelRegistry;
  agents: AgentRegistry;
  audit: Audit;
  /** Throws where this user's may take no more of the disk. */
  requireRoom: (userId: string) => void;
}

/** How long `cancel` waits for the task's processes before it returns the task as it is, in ms. */
const CANCEL_WAIT_MS = 5_000;

interface Tasks extends TaskService {
  /** Submits a task whose prompt has text by others in it. */
  submitFeedback(
    principal: Principal,
    input: SubmitTaskInput,
    broughtBack: SubmissionOptions["broughtBack"],
  ): Promise<SubmitTaskOutput>;
}

export function createTaskService(deps: TaskServiceDeps): Tasks {
  const { store, log, runner, models, agents, audit } = deps;
  const queue = createQueue(deps);
  /** Fifty concurrent submits are acknowledged before fifty runs start. */
  const ring = (bell: Parameters<Runner["ring"]>[0]): void =>
    deps.turns.afterAnswers(() => runner.ring(bell));

  /**
   * @param hash of what is asked for now
   * @returns the task that was made under the key; undefined: none, or there is no key. @throws `idempotency_conflict`
   */
  async function findEarlier(
    principal: Principal,
    idempotencyKey: string | undefined,
    hash: string,
  ): Promise<Task | undefined> {
    if (idempotencyKey === undefined) return undefined;
    const task = await store.tasks.byIdempotencyKey(principal.userId, idempotencyKey);
    if (task === undefined) return undefined;
    if (task.requestHash !== hash) throw idempotencyConflict();
    return toTask(task);
  }

  async function append(
    principal: Principal,
    action: "task.submit" | "task.retry",
    { sessionId, taskId, events, options }: Submission,
  ): Promise<void> {
    deps.requireRoom(principal.userId);
    const entry = audit.entry({ by: principal, action, target: taskId, decision: "allowed" });
    await log.append(sessionId, events, { ...options, audit: entry });
  }

  async function appendSubmitted(
    principal: Principal,
    input: SubmitTaskInput,
    options: SubmissionOptions,
  ): Promise<Submission> {
    const send = async (steers?: string): Promise<Submission> => {
      const submitted = submission(principal, input, { ...options, ...(steers !== undefined && { steers }) });
      await append(principal, "task.submit", submitted);
      return submitted;
    };
    const { sessionId } = input;
    return sessionId !== undefined && input.whenBusy === "steer"
      ? sendToRunning(store, sessionId, send)
      : send();
  }

  async function cancelActive(principal: Principal, sessionId: string): Promise<void> {
    const active = await store.tasks.active(sessionId);
    if (active === undefined) return;
    await runner.cancel(active.id, { reason: "superseded", by: principal.name }, CANCEL_WAIT_MS);
  }

  /** @returns what is stored now, or the task of an earlier submit with the same key */
  async function accept(
    principal: Principal,
    input: SubmitTaskInput,
    broughtBack: SubmissionOptions["broughtBack"],
  ): Promise<Submission | Task> {
    // Until it is stored: its own start waits for others' submits alone.
    using _answering = deps.turns.answering();
    const { idempotencyKey } = input;
    const earlier = await findEarlier(principal, idempotencyKey, requestHash(input));
    if (earlier !== undefined) return earlier;
    // An unknown model or agent is the caller's mistake: refuse before anything is stored.
    if (input.model !== undefined) models.resolve(input.model);
    if (input.agent !== undefined) agents.resolve(input.agent);
    const workspace = await chooseWorkspace(store, principal, input);
    try {
      const attachments = await resolveAttachments(store, principal, input.attachments ?? []);
      const options = { workspace, attachments, ...(broughtBack && { broughtBack }) };
      return await appendSubmitted(principal, input, options);
    } catch (error) {
      const isTaken = error instanceof UniqueViolationError;
      const winner = isTaken ? await findEarlier(principal, idempotencyKey, requestHash(input)) : undefined;
      if (winner === undefined) throw submitRefusal(error, input.sessionId ?? "");
      return winner;
    }
  }

  async function submit(
    principal: Principal,
    input: SubmitTaskInput,
    broughtBack?: SubmissionOptions["broughtBack"],
  ): Promise<SubmitTaskOutput> {
    const accepted = await accept(principal, input, broughtBack);
    if ("state" in accepted) return { taskId: accepted.id, sessionId: accepted.sessionId, task: accepted };
    const { sessionId, taskId } = accepted;
    ring({ sessionId, ownerId: principal.userId });
    if (input.whenBusy === "interrupt") await cancelActive(principal, sessionId);
    return { taskId, sessionId, task: toTask(await requireTask(store, principal, taskId)) };
  }

  async function retry(principal: Principal, input: RetryTaskInput): Promise<Task> {
    const { taskId, idempotencyKey } = input;
    const hash = retryHash(input);
    const earlier = await findEarlier(principal, idempotencyKey, hash);
    if (earlier !== undefined) return earlier;
    const task = await requireTask(store, principal, taskId);
    if (!isTerminalTaskState(task.state)) {
      throw new TrunklineError("task_not_terminal", `Task ${taskId} has not ended; cancel it first`);
    }
    const { prompt, sessionId, model, agent, effort, budget } = task;
    const again = submission(
      principal,
      {
        prompt,
        sessionId,
        whenBusy: "enqueue",
        model: model ?? undefined,
        agent: agent ?? undefined,
        effort: effort ?? undefined,
        budget: input.budget ?? budget ?? undefined,
        idempotencyKey,
      },
      { retryOf: taskId, hash, attachments: await attachedAgain(store, principal, task) },
    );
    try {
      await append(principal, "task.retry", again);
    } catch (error) {
      const isTaken = error instanceof UniqueViolationError;
      const winner = isTaken ? await findEarlier(principal, idempotencyKey, hash) : undefined;
      if (winner === undefined) throw submitRefusal(error, sessionId);
      return winner;
    }
    ring({ sessionId, ownerId: principal.userId });
    return toTask(await requireTask(store, principal, again.taskId));
  }

  return {
    submit: async (principal, input) => submit(principal, input),
    submitFeedback: submit,

    async get(principal, { taskId }) {
      return toTask(await requireTask(store, principal, taskId));
    },

    async list(principal, { sessionId, states, cursor, limit }) {
      if (sessionId !== undefined) await requireSessionAccess(store, principal, sessionId);
      const { tasks, hasMore } = await store.tasks.page({
        ownerId: principal.userId,
        ...(sessionId !== undefined && { sessionId }),
        ...(states !== undefined && { states }),
        ...(cursor !== undefined && { beforeId: decodePageCursor(cursor).id }),
        limit,
      });
      return toPage(tasks, limit, toTask, ({ createdAt }) => createdAt, hasMore);
    },

    retry,

    async retrySetup(principal, { sessionId }) {
      await requireSessionAccess(store, principal, sessionId);
      const { tasks } = await store.tasks.page({ ownerId: principal.userId, sessionId, limit: 1 });
      const [last] = tasks;
      if (last === undefined) {
        // Deleted meanwhile, perhaps.
        await requireSessionAccess(store, principal, sessionId);
        throw new TrunklineError(
          "setup_not_failed",
          "The session has no task yet: submit one, the setup runs first",
        );
      }
      if (!failedBySetup(last)) return toTask(last);
      // Of two calls at once, the second answers with the first one's task.
      return retry(principal, { taskId: last.id, idempotencyKey: `setup of ${last.id}` });
    },

    async resume(principal, { taskId }) {
      const { sessionId, state, reason } = await requireTask(store, principal, taskId);
      if (state === "input-required" && reason === "limit") {
        try {
          await log.append(sessionId, [{ taskId, type: "task.released", data: { by: principal.name } }]);
          ring({ sessionId, ownerId: principal.userId });
        } catch (error) {
          // It resumed or ended at this very moment.
          if (!(error instanceof GuardFailedError)) throw error;
        }
      }
      return toTask(await requireTask(store, principal, taskId));
    },

    edit: queue.edit,
    steer: createSteer(deps),
    move: queue.move,

    async cancel(principal, { taskId }) {
      await requireTask(store, principal, taskId);
      await Promise.all([
        runner.cancel(taskId, { reason: "user", by: principal.name }, CANCEL_WAIT_MS),
        audit.record({ by: principal, action: "task.cancel", target: taskId, decision: "allowed" }),
      ]);
      return toTask(await requireTask(store, principal, taskId));
    },
  };
}

function failedBySetup({ state, errorCode }: Pick<Task, "state" | "errorCode">): boolean {
  return state === "failed" && errorCode === ("setup_failed" satisfies ErrorReason);
}
