import type { EventDataOf } from "@trunkline/contract";
import { isTerminalTaskState, MAX_SUBAGENT_DEPTH } from "@trunkline/contract";
import type { Subagents } from "../agent/port.ts";
import type { Dispatcher } from "../dispatch/port.ts";
import type { Log } from "../log/port.ts";
import { GuardFailedError, type QueueHead, type Store, type StoredTask } from "../store/port.ts";

export interface SubagentsDeps {
  store: Store;
  log: Log;
  dispatcher: Pick<Dispatcher, "ring">;
}

/** Longest answer of a subagent that its parent gets, in UTF-16 code units. */
const MAX_RESULT_LENGTH = 50_000;

/**
 * Subagents are tasks in sessions of their own. Their parent waits for them as for an answer: what it waits for is in its
 * row, and each end is an event of it, which the rows admit once. Whoever finds an end tells it: the node that ran the
 * subagent at once, else the sweep of any.
 */
export class SubagentLife {
  readonly #deps: SubagentsDeps;

  constructor(deps: SubagentsDeps) {
    this.#deps = deps;
  }

  /** @returns undefined for a task that may have none. @param agent the name of who runs it. */
  of(task: StoredTask, session: QueueHead["session"], agent: string): Subagents | undefined {
    const { parent } = session;
    const depth = parent === null ? 0 : parent.sessionId === parent.rootSessionId ? 1 : 2;
    if (depth >= MAX_SUBAGENT_DEPTH) return undefined;
    const { store, log, dispatcher } = this.#deps;
    const { sessionId, ownerId } = task;
    return {
      async start(subagent, { title, prompt, mayChange }, { readsUntrusted, rules }) {
        const bell = { sessionId: subagent.sessionId, ownerId };
        if ((await store.tasks.get(subagent.taskId)) === undefined) {
          const own = await store.sessions.find(ownerId, sessionId);
          const { projectId } = session;
          const chosen = {
            model: task.model ?? session.model,
            agent: mayChange && agent === "default" ? "default" : "read-only",
            effort: task.effort ?? session.effort ?? undefined,
          };
          const created: EventDataOf<"session.created"> = {
            title,
            ...chosen,
            parent: {
              sessionId,
              taskId: task.id,
              rootSessionId: parent?.rootSessionId ?? sessionId,
              rootTaskId: parent?.rootTaskId ?? task.id,
            },
            workspace: session.workspace,
            ...(projectId !== null && own !== undefined && { projectId, workspaceKind: own.workspaceKind }),
            ...(readsUntrusted && { readsUntrusted }),
          };
          const { model } = chosen;
          const budget = task.budget ?? undefined;
          const submitted: EventDataOf<"task.submitted"> = {
            prompt,
            model,
            whenBusy: "enqueue",
            ...(budget && { budget }),
          };
          await log.append(
            subagent.sessionId,
            [
              { taskId: null, type: "session.created", data: created },
              ...rules.map((data) => ({ taskId: null, type: "rule.created", data }) as const),
              { taskId: subagent.taskId, type: "task.submitted", data: submitted },
            ],
            { ownerId, expect: { sessionId } },
          );
        }
        dispatcher.ring(bell);
      },
    };
  }

  /** A subagent's task may have ended: its parent is told. */
  async ended(parentTaskId: string): Promise<void> {
    const parent = await this.#deps.store.tasks.get(parentTaskId);
    if (parent !== undefined && !isTerminalTaskState(parent.state)) await this.#settle(parent);
  }

  /** Finds what nobody has told. @returns subagents whose parent has ended, to be canceled. */
  async sweep(): Promise<string[]> {
    const { tasks } = this.#deps.store;
    for (const parent of await tasks.waitingForChildren()) await this.#settle(parent);
    return tasks.unfinishedChildren(null);
  }

  async #settle(parent: StoredTask): Promise<void> {
    const { store, log, dispatcher } = this.#deps;
    for (const child of parent.children) {
      const task = await store.tasks.get(child.taskId);
      if (task !== undefined && !isTerminalTaskState(task.state)) continue;
      // Not created yet: its parent is about to.
      if (task === undefined && parent.state !== "input-required") continue;
      const state = task !== undefined && isTerminalTaskState(task.state) ? task.state : "canceled";
      const result = (task?.result ?? task?.errorMessage ?? "").slice(0, MAX_RESULT_LENGTH);
      const readsUntrusted = await this.#hasReadUntrusted(child.sessionId);
      const data = { ...child, state, result, ...(readsUntrusted && { readsUntrusted }) };
      try {
        await log.append(parent.sessionId, [{ taskId: parent.id, type: "subagent.ended", data }]);
      } catch (error) {
        // Somebody else was faster, or the parent has ended.
        if (!(error instanceof GuardFailedError)) throw error;
      }
      dispatcher.ring({ sessionId: parent.sessionId, ownerId: parent.ownerId });
    }
  }

  async #hasReadUntrusted(sessionId: string): Promise<true | undefined> {
    const types = ["session.created", "tool.called", "instructions.read", "subagent.ended"] as const;
    for await (const { data } of this.#deps.store.events.ofTypes(sessionId, types)) {
      if (data.readsUntrusted === true) return true;
    }
    return undefined;
  }
}
