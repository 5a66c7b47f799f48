import type {
  ActivityService,
  ApprovalService,
  Principal,
  QuestionService,
  SessionEvent,
  SessionService,
  Task,
  TaskService,
} from "@trunkline/contract";
import { pino } from "pino";
import type { ModelRegistry, RunInput, RunOutcome } from "../../agent/port.ts";
import { oneAgent } from "../../agent/testing/one-agent.ts";
import { composeCore } from "../../compose/core.ts";
import { createCompute } from "../../compute/pool.ts";
import type { Compute } from "../../compute/port.ts";
import type { Announcer, Hints } from "../../hints/port.ts";
import { type Log, readAll } from "../../log/port.ts";
import type { Setups } from "../../setup/port.ts";
import type { Store } from "../../store/port.ts";
import { copyWorkspace } from "../../tools/files/copy-workspace.ts";
import { sameTools } from "../../tools/testing/same-tools.ts";
import { EventLoopTurns } from "../../turns/event-loop-turns.ts";
import type { FindUnpublishedWork, Workspaces } from "../../workspaces/port.ts";
import type { Runner } from "../port.ts";

/** What the run of a task does in place of a model. */
export type Script = (input: RunInput) => Promise<RunOutcome>;

/** The server's rooms on a real store, without HTTP, and with scripts in the agent's place. For tests. */
export interface ScriptedNode {
  nodeId: string;
  store: Store;
  log: Log;
  runner: Runner;
  announcer: Announcer;
  compute: Compute;
  /** The rooms behind these, for services that are composed otherwise. */
  core: ReturnType<typeof composeCore>;
  tasks: TaskService;
  sessions: SessionService;
  approvals: ApprovalService;
  questions: QuestionService;
  activity: ActivityService;
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
  forUser: async (name) => models.resolve(name),
  fallback: async () => null,
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

export interface ScriptedNodeOptions {
  store: Store;
  /** Of nodes on one store. */
  hints?: Hints;
  directory: string;
  /** By prompt; the run of any other prompt completes at once. */
  scripts: ReadonlyMap<string, Script>;
  concurrency?: number;
  workspaces?: Workspaces;
  findUnpublishedWork?: FindUnpublishedWork;
  setups?: Setups;
  time?: ScriptedTime;
  name?: string;
  leaseMs?: number;
}

export async function startScriptedNode(options: ScriptedNodeOptions): Promise<ScriptedNode> {
  const { store, hints, directory, scripts, time = { now: options.store.now } } = options;
  const logger = pino({ level: "silent" });
  const compute = createCompute({ logger });
  const core = composeCore({
    store,
    ...(hints && { hints }),
    dataDir: directory,
    models,
    tools: sameTools([]),
    turns: new EventLoopTurns(),
    compute,
    concurrency: options.concurrency ?? 4,
    isShared: () => false,
    ...(options.workspaces && { workspaces: options.workspaces }),
    ...(options.setups && { setups: options.setups }),
    approvals: { mode: "auto", timeoutMs: APPROVAL_TIMEOUT_MS },
    redact: (event) => event,
    copyWorkspace,
    findUnpublishedWork: options.findUnpublishedWork ?? (async () => null),
    logger,
    now: store.now,
    expiryClock: time,
    node: options.name ?? "test",
    leaseMs: options.leaseMs,
    agents: oneAgent(async (input) => {
      const task = await store.tasks.get(input.taskId);
      return (scripts.get(task?.prompt ?? "") ?? (async () => done()))(input);
    }),
  });
  const { log, runner, approvals, relay } = core;
  const { tasks } = core.services;
  relay.start();
  await runner.start();
  approvals.start();

  return {
    ...core.services,
    nodeId: core.nodeId,
    store,
    log,
    runner,
    announcer: relay,
    compute,
    core,
    async submit(prompt, sessionId) {
      const { task } = await tasks.submit(alice, { prompt, sessionId, whenBusy: "enqueue" });
      return task;
    },
    async until(sessionId, predicate) {
      const controller = new AbortController();
      for await (const { events } of log.follow(sessionId, 0, controller.signal)) {
        if (events.some(predicate)) controller.abort();
      }
      return await Array.fromAsync(readAll(log, sessionId));
    },
    async close() {
      await approvals.stop();
      await runner.stop();
      await relay.stop();
      await compute.close();
      await store.close();
    },
  };
}
