import type { Budget } from "@trunkline/contract";
import { TrunklineError } from "@trunkline/contract";
import type { ModelRegistry, RunTask } from "../agent/port.ts";
import type { Approvals } from "../approvals/port.ts";
import { type Log, readAll } from "../log/port.ts";
import { FencedError, StoreUnavailableError } from "../store/port.ts";
import type { ToolSource } from "../tools/port.ts";
import type { TaskRow } from "./queue-head.ts";
import type { LogSink } from "./run-sink.ts";
import { CanceledSignal, ShutdownSignal } from "./stop-signal.ts";
import type { Ending } from "./task-endings.ts";

export interface AttemptDeps {
  log: Log;
  models: ModelRegistry;
  runTask: RunTask;
  tools: ToolSource;
  approvals: Approvals;
}

export interface Attempt {
  task: TaskRow;
  session: { workspace: string; model: string | null; imported_seq: number };
  sink: LogSink;
  signal: AbortSignal;
}

/**
 * Runs one attempt of a task to its end, whatever happens.
 * @returns how it ended, or null where the run had lost its task and somebody else ends it.
 */
export async function runAttempt(deps: AttemptDeps, attempt: Attempt): Promise<Ending | null> {
  const { task, session, sink, signal } = attempt;
  try {
    signal.throwIfAborted();
    const model = deps.models.resolve(task.model ?? session.model ?? deps.models.defaultModel);
    const outcome = await deps.runTask({
      sessionId: task.session_id,
      taskId: task.id,
      ownerId: task.owner_id,
      history: readAll(deps.log, task.session_id),
      model,
      tools: deps.tools,
      policy: deps.approvals.policy,
      importedSeq: session.imported_seq,
      workspace: session.workspace,
      budget: task.budget_json === null ? {} : (JSON.parse(task.budget_json) as Budget),
      sink,
      signal,
    });
    // Nobody is asked on behalf of a task that is to end.
    if (outcome.type === "input-required") signal.throwIfAborted();
    return outcome;
  } catch (error) {
    return signal.aborted ? endingOfSignal(signal.reason) : endingOfError(error);
  }
}

function endingOfSignal(reason: unknown): Ending {
  if (reason instanceof CanceledSignal) return { type: "canceled", request: reason.request };
  if (reason instanceof ShutdownSignal) return { type: "interrupted", reason: "shutdown", crashed: false };
  return endingOfUnknown(reason);
}

function endingOfError(error: unknown): Ending | null {
  if (error instanceof FencedError) return null;
  if (error instanceof TrunklineError) {
    return {
      type: "failed",
      reason: "error",
      error: {
        code: error.reason,
        message: error.message,
        retryable: error instanceof StoreUnavailableError,
      },
      usage: null,
    };
  }
  return endingOfUnknown(error);
}

function endingOfUnknown(error: unknown): Ending {
  return {
    type: "failed",
    reason: "error",
    error: {
      code: "internal",
      message: `The run ended unexpectedly: ${error instanceof Error ? error.message : String(error)}`,
      retryable: true,
    },
    usage: null,
  };
}
