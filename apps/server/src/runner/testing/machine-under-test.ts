import { deepStrictEqual } from "node:assert";
import type { ApprovalService, SessionEvent, Task, TaskService } from "@trunkline/contract";
import { withDeadline } from "@trunkline/testkit";
import { pino } from "pino";
import type { Approvals } from "../../approvals/port.ts";
import { ManualClock } from "../../approvals/testing/manual-clock.ts";
import type { ModelRegistry } from "../../agent/port.ts";
import { oneAgent } from "../../agent/testing/one-agent.ts";
import { composeCore } from "../../compose/core.ts";
import { createCompute } from "../../compute/pool.ts";
import { type Log, readAll } from "../../log/port.ts";
import type { Follower } from "../../log/testing/follower.ts";
import { EventLoopTurns } from "../../turns/event-loop-turns.ts";
import { sameTools } from "../../tools/testing/same-tools.ts";
import type { Store } from "../../store/port.ts";
import type { LosableStore } from "../../store/testing/losable-store.ts";
import type { Runner } from "../port.ts";
import { HeldRuns } from "./held-runs.ts";
import { APPROVAL_TIMEOUT_MS } from "./scripted-server.ts";

/** Fewer than there are sessions, so that some have to wait. */
export const CONCURRENCY = 2;

const models: ModelRegistry = {
  defaultModel: "demo",
  names: ["demo"],
  resolve: (name) => ({ name, model: {} as never, patience: { startMs: 1, idleMs: 1 } }),
  forUser: async (name) => models.resolve(name),
  fallback: async () => null,
};

interface Server {
  nodeId: string;
  store: Store;
  log: Log;
  runner: Runner;
  approvals: Approvals;
  answers: ApprovalService;
  tasks: TaskService;
  runs: HeldRuns;
  appends: { count: number };
}

/** Runner and services on a real store, which can be stopped or lost, and started again on the same data. */
export class MachineUnderTest implements AsyncDisposable {
  followers: Follower[] = [];
  readonly clock = new ManualClock();
  readonly #directory: string;
  readonly #losable: LosableStore;
  readonly #waiting = new Set<() => void>();
  #server: Server;

  private constructor(directory: string, losable: LosableStore, store: Store) {
    this.#directory = directory;
    this.#losable = losable;
    this.#server = this.#build(store);
  }

  static async start(directory: string, losable: LosableStore): Promise<MachineUnderTest> {
    const machine = new MachineUnderTest(directory, losable, await losable.open());
    await machine.#startServer();
    return machine;
  }

  get tasks(): TaskService {
    return this.#server.tasks;
  }

  get answers(): ApprovalService {
    return this.#server.answers;
  }

  get log(): Log {
    return this.#server.log;
  }

  get runs(): HeldRuns {
    return this.#server.runs;
  }

  async readLog(sessionId: string): Promise<SessionEvent[]> {
    return Array.fromAsync(readAll(this.log, sessionId));
  }

  async readTask(taskId: string): Promise<Pick<Task, "state" | "attempt" | "sessionId">> {
    const task = await this.#server.store.tasks.get(taskId);
    if (task === undefined) throw new Error(`there is no task ${taskId}`);
    return task;
  }

  /** Resolves once the condition holds; checked whenever a run starts or ends, or something is stored. */
  async until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const look = (): void => {
      Promise.resolve(condition()).then((holds) => {
        if (holds) resolve();
      }, reject);
    };
    this.#waiting.add(look);
    look();
    try {
      await withDeadline(what, promise);
    } finally {
      this.#waiting.delete(look);
    }
  }

  /** Resolves when something more was appended. */
  async nextAppend(): Promise<void> {
    const before = this.#server.appends.count;
    await this.until("an append", () => this.#server.appends.count > before);
  }

  async restart(): Promise<void> {
    await this.#stopServer();
    await this.#startAgain();
  }

  /** Lose the store first, so that nothing the old server does from here on is stored. */
  async crash(): Promise<void> {
    await this.#losable.lose(this.#server.store, "before");
    await this.#stopServer();
    await this.#startAgain();
  }

  /** Rows equal the fold of the logs. */
  async verify(): Promise<void> {
    const { differences } = await this.#losable.verify();
    deepStrictEqual(differences, []);
  }

  async forgetFollowers(): Promise<void> {
    for (const follower of this.followers) await follower.stop();
    this.followers = [];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.forgetFollowers();
    await this.#stopServer();
  }

  async #startAgain(): Promise<void> {
    this.#server = this.#build(await this.#losable.open(), this.#server.nodeId);
    await this.#startServer();
    for (const follower of this.followers) await follower.reconnect(this.#server.log);
  }

  #build(store: Store, predecessor?: string): Server {
    return build(this.#directory, store, predecessor, this.clock, () => this.#changed());
  }

  async #startServer(): Promise<void> {
    await this.#server.runner.start();
    this.#server.approvals.start();
  }

  async #stopServer(): Promise<void> {
    await this.#server.approvals.stop();
    await this.#server.runner.stop();
    await this.#server.store.close();
  }

  #changed(): void {
    for (const look of this.#waiting) look();
  }
}

function build(
  directory: string,
  store: Store,
  predecessor: string | undefined,
  clock: ManualClock,
  onChange: () => void,
): Server {
  const runs = new HeldRuns(onChange);
  const appends = { count: 0 };
  const core = composeCore({
    store,
    dataDir: directory,
    models,
    agents: oneAgent(runs.runTask),
    tools: sameTools([]),
    turns: new EventLoopTurns(),
    compute: createCompute({ logger: pino({ level: "silent" }) }),
    concurrency: CONCURRENCY,
    isShared: () => false,
    approvals: { mode: "auto", timeoutMs: APPROVAL_TIMEOUT_MS },
    redact: (event) => event,
    findUnpublishedWork: async () => null,
    copyWorkspace: () => Promise.reject(new Error("nothing is forked here")),
    logger: pino({ level: "silent" }),
    now: Date.now,
    expiryClock: clock,
    node: "test",
    predecessor,
    watchLog: (log) => ({
      ...log,
      async append(...given) {
        const events = await log.append(...given);
        appends.count += 1;
        onChange();
        return events;
      },
    }),
  });
  const { nodeId, log, runner, approvals } = core;
  const { tasks, approvals: answers } = core.services;
  return { nodeId, store, log, runner, approvals, answers, runs, appends, tasks };
}
