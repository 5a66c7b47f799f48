import { resolve } from "node:path";
import { type ErrorReason, type EventBody, TrunklineError } from "@trunkline/contract";
import type { AgentRegistry, ModelRegistry, RunLog } from "../agent/port.ts";
import type { Approvals } from "../approvals/port.ts";
import type { Checkpoints, RunFiles } from "../checkpoints/port.ts";
import type { Log } from "../log/port.ts";
import {
  FencedError,
  type QueueHead,
  type Store,
  type StoredTask,
  StoreUnavailableError,
} from "../store/port.ts";
import type { Setups } from "../setup/port.ts";
import type { ToolSource } from "../tools/port.ts";
import type { Workspaces } from "../workspaces/port.ts";
import type { LogSink } from "./run-sink.ts";
import type { SubagentLife } from "./subagents.ts";
import { steeringOf } from "./steering.ts";
import { CanceledSignal, ShutdownSignal, TakenOverSignal } from "./stop-signal.ts";
import type { Ending } from "./task-endings.ts";

export interface AttemptDeps {
  store: Pick<Store, "events" | "tasks">;
  log: Pick<Log, "follow">;
  models: ModelRegistry;
  agents: AgentRegistry;
  tools: ToolSource;
  subagents: Pick<SubagentLife, "of">;
  approvals: Approvals;
  /** Absent: each session has a directory of its own, empty at first. */
  workspaces?: Pick<Workspaces, "prepare">;
  /** Absent: workspaces need none. */
  setups?: Setups;
  /** Absent: no files are saved. */
  checkpoints?: Pick<Checkpoints, "ofRun">;
  /** Throws where this user's take more of the disk than they may. */
  requireShare: (userId: string) => void;
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
  const saved: { files?: RunFiles | undefined } = {};
  const ending = await run(deps, attempt, saved).catch((error: unknown) =>
    attempt.signal.aborted ? endingOfSignal(attempt.signal.reason) : endingOfError(error),
  );
  // A shutdown is waited for: the next attempt saves what this one wrote.
  if (ending !== null && ending.type !== "interrupted") await saveLast(saved.files, attempt);
  return ending;
}

/** What was written by a call that was cut off, or by a run that failed; its end is not in the log yet. */
async function saveLast(files: RunFiles | undefined, { sink }: Attempt): Promise<void> {
  try {
    const events = (await files?.save("end")) ?? [];
    if (events.length > 0) await sink.append(events);
  } catch {
    // The run has lost its task, or the store is away: whoever goes on saves it.
  }
}

/** @param saved takes what saves the run's files, once there is a workspace. */
async function run(
  deps: AttemptDeps,
  { task, session, sink, signal }: Attempt,
  saved: { files?: RunFiles | undefined },
): Promise<Ending> {
  signal.throwIfAborted();
  // It may have waited while others of its owner's filled the disk; a subagent's parent is watched.
  if (task.attempt === 1 && session.parent === null) deps.requireShare(task.ownerId);
  const agent = deps.agents.resolve(task.agent ?? session.agent);
  const { sessionId, ownerId } = task;
  const modelName = task.model ?? session.model ?? deps.models.defaultModel;
  const model = await deps.models.forUser(modelName, ownerId);
  const { importedSeq, parent } = session;
  const subagents = deps.subagents.of(task, session, agent.name);
  const workspace = await prepareWorkspace(deps, { task, session, sink, signal });
  // What a subagent writes is saved by the task that waits for it.
  if (parent === null)
    saved.files = deps.checkpoints?.ofRun({ sessionId, ownerId, workspace, importedSeq }, task.attempt);
  const { files } = saved;
  const outcome = await agent.run({
    sessionId,
    taskId: task.id,
    ownerId,
    log: logOf(deps, sessionId),
    model,
    fallback: async (tried) => deps.models.fallback(tried, ownerId),
    effort: task.effort ?? session.effort ?? undefined,
    tools: deps.tools,
    policy: deps.approvals,
    importedSeq,
    workspace,
    startsEmpty: session.projectId === null && parent === null,
    projectId: session.projectId,
    parentTaskId: session.parent?.taskId ?? null,
    ...(files && { files }),
    ...(subagents && { subagents }),
    steering: steeringOf(deps.store, { sessionId, taskId: task.id }, sink),
    budget: task.budget ?? {},
    sink,
    signal,
  });
  // Don't ask anybody on behalf of a task that is about to end.
  if (outcome.type === "input-required") signal.throwIfAborted();
  return outcome;
}

/** A session without a project has an empty directory, which the first tool creates. */
async function prepareWorkspace(
  { workspaces, setups, dataDir }: AttemptDeps,
  { task, session, sink, signal }: Attempt,
): Promise<string> {
  const directory = resolve(dataDir, session.workspace);
  if (session.projectId === null || session.parent !== null) return directory;
  const { sessionId, ownerId } = task;
  const record = async (events: readonly EventBody[]) => sink.append(events);
  const context = { sessionId, ownerId, taskId: task.id, signal, record };
  const workspace = (await workspaces?.prepare(context)) ?? directory;
  await setups?.prepare({
    ...context,
    workspace,
    progress: async (data) => sink.delta({ type: "setup.progress", data }),
  });
  return workspace;
}

function logOf({ store, log }: Pick<AttemptDeps, "store" | "log">, sessionId: string): RunLog {
  const { page, last, ofTypes } = store.events;
  return {
    follow: (after, signal) => log.follow(sessionId, after, signal),
    read: (range) => page(sessionId, range),
    last: (types) => last(sessionId, types),
    ofTypes: (types, range) => ofTypes(sessionId, types, range),
  };
}

function endingOfSignal(reason: unknown): Ending | null {
  if (reason instanceof CanceledSignal) return { type: "canceled", request: reason.request };
  if (reason instanceof ShutdownSignal) return { type: "interrupted", reason: "shutdown" };
  if (reason instanceof TakenOverSignal) return null;
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
  "setup_failed",
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
