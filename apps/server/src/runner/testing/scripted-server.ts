import { join } from "node:path";
import type {
  ActivityService,
  ApprovalService,
  Principal,
  QuestionService,
  SearchService,
  SessionEvent,
  SessionService,
  Task,
  TaskService,
} from "@trunkline/contract";
import { pino } from "pino";
import type { ModelRegistry, RunInput, RunOutcome } from "../../agent/port.ts";
import type { Log } from "../../log/port.ts";
import { composeCore } from "../../compose-core.ts";
import { createCompute } from "../../compute/pool.ts";
import { createSearchService } from "../../services/search.ts";
import { EventLoopTurns } from "../../turns/event-loop-turns.ts";
import { sameTools } from "../../tools/registry.ts";
import type { Store } from "../../store/port.ts";
import { createSqliteSearch } from "../../store/sqlite/sqlite-search.ts";
import { openSqliteStore } from "../../store/sqlite/sqlite-store.ts";
import { copyWorkspace } from "../../tools/files/copy-workspace.ts";
import type { Runner } from "../port.ts";

/** What the run of a task does in place of a model. */
export type Script = (input: RunInput) => Promise<RunOutcome>;

/** The server's rooms on a real store, without HTTP, and with scripts in the agent's place. For tests. */
export interface ScriptedServer {
  store: Store;
  databasePath: string;
  log: Log;
  runner: Runner;
  tasks: TaskService;
  sessions: SessionService;
  approvals: ApprovalService;
  questions: QuestionService;
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
  resolve: (name) => ({ name, model: {} as never, patience: { startMs: 1, idleMs: 1 } }),
};

export const done = (result = "ok"): RunOutcome => ({
  type: "completed",
  result,
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
  const databasePath = join(directory, "db");
  const store = await openSqliteStore({
    path: databasePath,
    now: Date.now,
    onFatal: (error) => {
      throw error;
    },
  });
  const compute = createCompute({ logger: pino({ level: "silent" }) });
  const core = composeCore({
    store,
    dataDir: directory,
    models,
    tools: sameTools([]),
    turns: new EventLoopTurns(),
    compute,
    concurrency,
    isShared: () => false,
    approvals: { mode: "auto", timeoutMs: APPROVAL_TIMEOUT_MS },
    redact: (event) => event,
    copyWorkspace,
    logger: pino({ level: "silent" }),
    now: Date.now,
    expiryClock: time,
    node: "test",
    async runTask(input) {
      const task = await store.tasks.get(input.taskId);
      return (scripts.get(task?.prompt ?? "") ?? (async () => done()))(input);
    },
  });
  const { log, runner, approvals } = core;
  const { tasks, sessions } = core.services;
  await runner.start();
  approvals.start();

  return {
    store,
    log,
    runner,
    tasks,
    sessions,
    approvals: core.services.approvals,
    questions: core.services.questions,
    activity: core.services.activity,
    search: createSearchService(createSqliteSearch({ path: databasePath, compute })),
    databasePath,
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
      await compute.close();
      await store.close();
    },
  };
}
