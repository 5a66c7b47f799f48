import { MAX_TASK_ATTEMPTS } from "@trunkline/contract";
import type { Approvals } from "../approvals/port.ts";
import type { Log } from "../log/port.ts";
import type { Store } from "../store/port.ts";
import { OpenItems } from "./open-items.ts";
import { type TaskRow, UNFINISHED } from "./queue-head.ts";
import { type Ending, endingUnit } from "./task-endings.ts";

interface RecoveryDeps {
  store: Store;
  approvals: Approvals;
  log: Log;
  now: () => number;
}

/**
 * Takes up the tasks whose server died under them. Each goes back to the head of its queue with an event that says
 * so, and the run that follows continues from the last completed step; what was asked to be canceled is canceled, and
 * a task that was there each time the server died is taken to be the reason.
 * @returns how many tasks were taken up.
 */
export async function recoverOrphans(deps: RecoveryDeps): Promise<number> {
  const orphans = await deps.store.db
    .selectFrom("tasks")
    .selectAll()
    .where(UNFINISHED)
    .where("state", "in", ["working", "input-required"])
    // One that waits has no owner to lose; but it may have been asked to end as it began to wait.
    .where(({ or, eb }) => or([eb("state", "=", "working"), eb("cancel_requested_at", "is not", null)]))
    .execute();
  for (const task of orphans) {
    await endInPlaceOfOwner(deps, task, orphanEnding(task));
  }
  return orphans.length;
}

/**
 * Ends an active task that nobody runs: its owner is gone, and what the log shows as open is closed first; or it waits
 * for an answer, and nobody has to give that any more.
 */
export async function endInPlaceOfOwner(
  { store, approvals, log, now }: RecoveryDeps,
  task: TaskRow,
  ending: Ending,
): Promise<void> {
  const waits = task.state === "input-required";
  const open = waits ? new OpenItems() : await readOpenItems(log, task);
  const holder = { sessionId: task.session_id, taskId: task.id, attempt: task.attempt };
  const more = waits ? { writes: [approvals.withdrawal(task)] } : {};
  await log.append(endingUnit(store.db, holder, open, ending, now(), more));
}

function orphanEnding(task: TaskRow): Ending {
  if (task.cancel_requested_at !== null) {
    return { type: "canceled", request: { reason: "user", by: "server" } };
  }
  if (task.crashes + 1 >= MAX_TASK_ATTEMPTS) {
    return {
      type: "failed",
      reason: "orphaned",
      error: {
        code: "orphaned",
        message: `The server died ${task.crashes + 1} times while this task ran; it will not be started again by itself`,
        retryable: true,
      },
      usage: null,
    };
  }
  return { type: "interrupted", reason: "orphaned", crashed: true };
}

const PAGE = 200;

/** Reads the attempt's own events, from its newest backwards to its start. */
async function readOpenItems(log: Log, task: TaskRow): Promise<OpenItems> {
  const open = new OpenItems();
  const pages = [];
  let before = Number.MAX_SAFE_INTEGER;
  for (let found = false; !found;) {
    const { events, hasMore } = await log.read(task.session_id, { before, limit: PAGE });
    pages.push(events);
    before = events[0]?.seq ?? 0;
    found =
      !hasMore ||
      events.some(
        (event) =>
          (event.type === "task.started" || event.type === "task.resumed") &&
          event.taskId === task.id &&
          event.data.attempt === task.attempt,
      );
  }
  for (const event of pages.toReversed().flat()) {
    if (event.taskId === task.id) open.apply(event, event.seq, event.at);
  }
  return open;
}
