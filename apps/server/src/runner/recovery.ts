import { MAX_TASK_ATTEMPTS, OpenItems } from "@trunkline/contract";
import type { Log } from "../log/port.ts";
import { GuardFailedError, type Store, type StoredTask } from "../store/port.ts";
import type { CancelRequest } from "./port.ts";
import { type Ending, endingAppend } from "./task-endings.ts";

interface RecoveryDeps {
  store: Store;
  log: Log;
  now: () => number;
}

/**
 * Recovers tasks whose node's lease has expired. Each returns to the head of its queue with an event, and the next run
 * resumes from the last completed step; tasks with a pending cancel are canceled, and a task that was running at
 * several crashes without progress is given up as their cause.
 * @returns the recovered tasks.
 */
export async function recoverOrphans(
  deps: RecoveryDeps,
  isOurs: (task: StoredTask) => boolean,
): Promise<StoredTask[]> {
  const orphans = (await deps.store.tasks.orphans()).filter((task) => !isOurs(task));
  return takeUp(deps, orphans, async (task) => orphanEnding(deps, task));
}

/**
 * Recovers tasks of this node whose runs are gone. If a run was merely cut off from the store, it does not count
 * against its task; otherwise it counts as a crash.
 * @returns the recovered tasks.
 */
export async function recoverLost(
  deps: RecoveryDeps,
  lost: readonly StoredTask[],
  wasCutOff: (task: StoredTask) => boolean,
): Promise<StoredTask[]> {
  return takeUp(deps, lost, async (task) => {
    const isHarmless = wasCutOff(task) && task.cancelRequestedAt === null;
    return isHarmless ? { type: "interrupted", reason: "shutdown" } : orphanEnding(deps, task);
  });
}

async function takeUp(
  deps: RecoveryDeps,
  tasks: readonly StoredTask[],
  endingOf: (task: StoredTask) => Promise<Ending>,
): Promise<StoredTask[]> {
  const taken: StoredTask[] = [];
  for (const task of tasks) {
    try {
      await endInPlaceOfOwner(deps, task, await endingOf(task));
      taken.push(task);
    } catch (error) {
      // Another node was faster, or its owner is back.
      if (!(error instanceof GuardFailedError)) throw error;
    }
  }
  return taken;
}

/**
 * Ends an active task that nobody runs: its node is gone, and open items in the log are closed first; or it was waiting
 * for an answer that is no longer needed.
 * @throws GuardFailedError if the task has changed meanwhile.
 */
export async function endInPlaceOfOwner(
  { store, log, now }: RecoveryDeps,
  task: StoredTask,
  ending: Ending,
): Promise<void> {
  const open = await readHeldCall(store, task);
  if (task.state !== "input-required") await readOpenItems(log, task, open);
  const holder = { sessionId: task.sessionId, taskId: task.id, attempt: task.attempt };
  const [sessionId, events, options] = endingAppend(holder, open, ending, now());
  const expect = { task: { id: task.id, attempt: task.attempt, states: [task.state] } };
  await log.append(sessionId, events, { ...options, expect });
}

async function orphanEnding(deps: RecoveryDeps, task: StoredTask): Promise<Ending> {
  if (task.cancelRequestedAt !== null)
    return { type: "canceled", request: await cancelRequestOf(deps, task) };
  const crashes = task.crashes + 1;
  if (crashes >= MAX_TASK_ATTEMPTS) {
    return {
      type: "failed",
      reason: "orphaned",
      error: {
        code: "orphaned",
        message:
          `The server crashed ${crashes} times while this task ran, without a completed step in between. ` +
          "It won't be restarted automatically; retry it if you think it wasn't the cause.",
        retryable: true,
      },
    };
  }
  return { type: "interrupted", reason: "orphaned" };
}

/**
 * A call that asked the user lives on while its task waits: the one item that an attempt may leave open. It is the last call
 * that started.
 */
export async function readHeldCall(
  { events }: { events: Pick<Store["events"], "last"> },
  { id, sessionId, attempt }: Pick<StoredTask, "id" | "sessionId" | "attempt">,
): Promise<OpenItems> {
  const open = new OpenItems();
  const last = attempt === 0 ? undefined : await events.last(sessionId, ["tool.called", "tool.ended"]);
  if (last?.taskId === id) open.apply(last, last);
  return open;
}

/** Who requested the cancel of a task whose node died first. */
export async function cancelRequestOf(
  { store }: Pick<RecoveryDeps, "store">,
  task: StoredTask,
): Promise<CancelRequest> {
  const asked = await store.events.last(task.sessionId, ["task.cancel-requested"]);
  if (asked?.taskId !== task.id) return { reason: "user", by: "server" };
  return { reason: asked.data.reason as CancelRequest["reason"], by: asked.data.by };
}

const PAGE = 200;

/**
 * Reads the attempt's own events from the newest back to its start, and applies them forwards, keeping only what is
 * open: one page in memory at a time, however long the attempt.
 */
async function readOpenItems(log: Log, task: StoredTask, open: OpenItems): Promise<void> {
  const start = await startOfAttempt(log, task);
  for (let after = start - 1, hasMore = true; hasMore;) {
    const page = await log.read(task.sessionId, { after, limit: PAGE });
    for (const event of page.events) if (event.taskId === task.id) open.apply(event, event);
    after = page.events.at(-1)?.seq ?? after;
    hasMore = page.hasMore;
    // Reading may be synchronous: between two pages others have a turn.
    if (hasMore) await new Promise(setImmediate);
  }
}

async function startOfAttempt(log: Log, task: StoredTask): Promise<number> {
  for (let before = Number.MAX_SAFE_INTEGER; ;) {
    const { events, hasMore } = await log.read(task.sessionId, { before, limit: PAGE });
    const start = events.findLast(
      (event) =>
        (event.type === "task.started" || event.type === "task.resumed") &&
        event.taskId === task.id &&
        event.data.attempt === task.attempt,
    );
    before = start?.seq ?? events[0]?.seq ?? 1;
    if (start !== undefined || !hasMore) return before;
    await new Promise(setImmediate);
  }
}
