import { resolve } from "node:path";
import { type ErrorReason, TrunklineError } from "@trunkline/contract";
import type { ModelRegistry, RunLog, RunTask } from "../agent/port.ts";
import type { Approvals } from "../approvals/port.ts";
import {
  type EventStore,
  FencedError,
  type QueueHead,
  type Store,
  type StoredTask,
  StoreUnavailableError,
} from "../store/port.ts";
import type { ToolSource } from "../tools/port.ts";
import type { Workspaces } from "../workspaces/port.ts";
import type { LogSink } from "./run-sink.ts";
import { CanceledSignal, ShutdownSignal } from "./stop-signal.ts";
import type { Ending } from "./task-endings.ts";

export interface AttemptDeps {
  store: Pick<Store, "events">;
  models: ModelRegistry;
  runTask: RunTask;
  tools: ToolSource;
  approvals: Approvals;
  /** Absent: each session has a directory of its own, empty at first. */
  workspaces?: Pick<Workspaces, "prepare">;
  /** Absolute; sessions store paths relative to it. */
  dataDir: string;
}

export interface Attempt {
  task: StoredTask;
  session: QueueHead["session"];
  sink: LogSink;
  signal: AbortSignal;
}

/**
 * Runs one attempt of a task to its end, whatever happens.
 * @returns how it ended; null if the run had lost its task and somebody else ends it.
 */
export async function runAttempt(deps: AttemptDeps, attempt: Attempt): Promise<Ending | null> {
  const { task, session, sink, signal } = attempt;
  try {
    signal.throwIfAborted();
    const model = deps.models.resolve(task.model ?? session.model ?? deps.models.defaultModel);
    const workspace =
      (await deps.workspaces?.prepare({
        sessionId: task.sessionId,
        ownerId: task.ownerId,
        taskId: task.id,
        signal,
        record: async (events) => sink.append(events),
      })) ?? resolve(deps.dataDir, session.workspace);
    const outcome = await deps.runTask({
      sessionId: task.sessionId,
      taskId: task.id,
      ownerId: task.ownerId,
      log: logOf(deps.store.events, task.sessionId),
      model,
      tools: deps.tools,
      policy: deps.approvals.policy,
      importedSeq: session.importedSeq,
      workspace,
      budget: task.budget ?? {},
      sink,
      signal,
    });
    // Don't ask anybody on behalf of a task that is about to end.
    if (outcome.type === "input-required") signal.throwIfAborted();
    return outcome;
  } catch (error) {
    return signal.aborted ? endingOfSignal(signal.reason) : endingOfError(error);
  }
}

function logOf({ page, last, ofTypes }: EventStore, sessionId: string): RunLog {
  return {
    read: (range) => page(sessionId, range),
    last: (types) => last(sessionId, types),
    ofTypes: (types, range) => ofTypes(sessionId, types, range),
  };
}

function endingOfSignal(reason: unknown): Ending {
  if (reason instanceof CanceledSignal) return { type: "canceled", request: reason.request };
  if (reason instanceof ShutdownSignal) return { type: "interrupted", reason: "shutdown" };
  return endingOfUnknown(reason);
}

function endingOfError(error: unknown): Ending | null {
  if (error instanceof FencedError) return null;
  // Whether the task could have continued is unknown: it resumes once the store is back.
  if (error instanceof StoreUnavailableError && error.reason === "unavailable") {
    return { type: "interrupted", reason: "shutdown" };
  }
  if (error instanceof TrunklineError) {
    return {
      type: "failed",
      reason: "error",
      error: {
        code: error.reason,
        message: error.message,
        retryable: error instanceof StoreUnavailableError || RETRYABLE.has(error.reason),
      },
    };
  }
  return endingOfUnknown(error);
}

/** What may work later, or once somebody has done what the message says. */
const RETRYABLE: ReadonlySet<ErrorReason> = new Set<ErrorReason>([
  "unavailable",
  "storage_full",
  "workspace_busy",
  "workspace_failed",
]);

function endingOfUnknown(error: unknown): Ending {
  return {
    type: "failed",
    reason: "error",
    error: {
      code: "internal",
      message: `The run ended unexpectedly: ${error instanceof Error ? error.message : String(error)}`,
      retryable: true,
    },
  };
}
