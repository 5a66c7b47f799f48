import { join } from "node:path";
import type {
  ActivityService,
  ApprovalService,
  Principal,
  SearchService,
  SessionEvent,
  SessionService,
  Task,
  TaskService,
} from "@trunkline/contract";
import { pino } from "pino";
import type { ModelRegistry, RunInput, RunOutcome } from "../../agent/port.ts";
import { createAudit } from "../../audit/audit.ts";
import { createApprovals } from "../../approvals/approvals.ts";
import { createActivity } from "../../activity/activity.ts";
import { createInProcessDispatcher } from "../../dispatch/in-process.ts";
import { createHub } from "../../hub/hub.ts";
import { createLog } from "../../log/log.ts";
import type { Log } from "../../log/port.ts";
import { createSqliteSearch } from "../../search/sqlite-search.ts";
import { createActivityService } from "../../services/activity.ts";
import { createApprovalService } from "../../services/approvals.ts";
import { createSearchService } from "../../services/search.ts";
import { createSessionService } from "../../services/sessions.ts";
import { EventLoopTurns } from "../../turns/event-loop-turns.ts";
import { createTaskService } from "../../services/tasks.ts";
import { sameTools } from "../../tools/registry.ts";
import type { Store } from "../../store/port.ts";
import { openSqliteStore } from "../../store/sqlite/sqlite-store.ts";
import { copyWorkspace } from "../../tools/files/copy-workspace.ts";
import type { Runner } from "../port.ts";
import { createRunner } from "../runner.ts";

/** What the run of a task does in place of a model. */
export type Script = (input: RunInput) => Promise<RunOutcome>;

/** The server's rooms on a real store, without HTTP, and with scripts in the agent's place. For tests. */
export interface ScriptedServer {
  store: Store;
  log: Log;
  runner: Runner;
  tasks: TaskService;
  sessions: SessionService;
  approvals: ApprovalService;
  activity: ActivityService;
  search: SearchService;
  submit(prompt: string, sessionId?: string): Promise<Task>;
  /** Resolves with the first thousand events of the session's log once `predicate` holds for one of its events. */
  until(sessionId: string, predicate: (event: SessionEvent) => boolean): Promise<SessionEvent[]>;
  close(): Promise<void>;
}

export const alice: Principal = {
  userId: "00000000-0000-7000-8000-00000000000a",
  name: "alice",
  scopes: ["read", "write"],
};
export const bob: Principal = {
  userId: "00000000-0000-7000-8000-00000000000b",
  name: "bob",
  scopes: ["read", "write"],
};

const models: ModelRegistry = {
  defaultModel: "demo",
  names: ["demo"],
  resolve: (name) => ({ name, model: {} as never }),
};

export const done = (result = "ok"): RunOutcome => ({
  type: "completed",
  result,
  usage: { inputTokens: 1, outputTokens: 1 },
});

/** Rejects when the signal aborts, as a model stream does. */
export async function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
    if (signal.aborted) reject(signal.reason as Error);
  });
}

export const isTerminalEventOf = (taskId: string) => (event: SessionEvent) =>
  event.taskId === taskId && /^task\.(completed|failed|canceled|rejected)$/.test(event.type);

/** When requests expire: at what time of day, and what waits until then. */
export interface ScriptedTime {
  now: () => number;
  wait?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** How long a request waits for its answer. */
export const APPROVAL_TIMEOUT_MS = 86_400_000;

/** @param scripts by prompt; the run of any other prompt completes at once. */
export async function openScriptedServer(
  directory: string,
  scripts: ReadonlyMap<string, Script>,
  concurrency = 4,
  time: ScriptedTime = { now: Date.now },
): Promise<ScriptedServer> {
  const store = await openSqliteStore({
    path: join(directory, "db"),
    now: Date.now,
    onFatal: (error) => {
      throw error;
    },
  });
  const hub = createHub();
  const activity = createActivity();
  const log = createLog({ store, hub, activity });
  const logger = pino({ level: "silent" });
  const dispatcher = createInProcessDispatcher({ concurrency });
  const approvals = createApprovals({
    store,
    log,
    mode: "auto",
    timeoutMs: APPROVAL_TIMEOUT_MS,
    ring: (bell) => dispatcher.ring(bell),
    logger,
    ...time,
  });
  const runner = createRunner({
    store,
    log,
    approvals,
    dispatcher,
    logger,
    now: Date.now,
    node: "test",
    models,
    tools: sameTools([]),
    runTask: async (input) => {
      const { prompt } = await store.db
        .selectFrom("tasks")
        .select("prompt")
        .where("id", "=", input.taskId)
        .executeTakeFirstOrThrow();
      return (scripts.get(prompt) ?? (async () => done()))(input);
    },
  });
  const workspacesDir = join(directory, "workspaces");
  const audit = createAudit({ store, logger, now: Date.now });
  const tasks = createTaskService({
    store,
    log,
    runner,
    turns: new EventLoopTurns(),
    models,
    audit,
    workspacesDir,
    now: Date.now,
  });
  const sessions = createSessionService({
    store,
    log,
    hub,
    activity,
    runner,
    approvals,
    models,
    audit,
    workspacesDir,
    copyWorkspace,
    now: Date.now,
  });
  await runner.start();
  approvals.start();

  return {
    store,
    log,
    runner,
    tasks,
    sessions,
    approvals: createApprovalService({
      store,
      approvals,
      audit,
    }),
    activity: createActivityService({ store, activity }),
    search: createSearchService(createSqliteSearch(store.db)),
    async submit(prompt, sessionId) {
      const { task } = await tasks.submit(alice, { prompt, sessionId, whenBusy: "enqueue" });
      return task;
    },
    async until(sessionId, predicate) {
      const controller = new AbortController();
      for await (const { events } of log.follow(sessionId, 0, controller.signal)) {
        if (events.some(predicate)) controller.abort();
      }
      return (await log.read(sessionId, { limit: 1_000 })).events;
    },
    async close() {
      await approvals.stop();
      await runner.stop();
      await store.close();
    },
  };
}
