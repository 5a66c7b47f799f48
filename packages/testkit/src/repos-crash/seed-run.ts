import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { createClient } from "@trunkline/client";
import type { SessionEvent } from "@trunkline/contract";
import { SessionLedger } from "../crash/ledger.ts";
import { submitForSure } from "../crash/workload.ts";
import { assertLogHolds } from "../event-log-checkers.ts";
import { readLog } from "../read-log.ts";
import { withDeadline } from "../wait-for.ts";
import type { ReposBench } from "./repos-bench.ts";
import type { Moment } from "./stages.ts";

export const bash = (command: string): string => `tool: bash ${JSON.stringify({ command })}`;

export interface RanTask {
  sessionId: string;
  log: SessionEvent[];
  /** Of each call of the task, in order; null where the kill cut it off: it is not repeated. */
  outputs: (string | null)[];
  attempts: number;
}

/** One that is kept is cut by the kill, or by the server when it was idle, perhaps as the next request is on its way. */
const onOwnConnection: typeof fetch = async (input, init) => {
  const headers = new Headers(init?.headers);
  headers.set("connection", "close");
  return fetch(input, { ...init, headers });
};

/** One seed's server, which is killed once, and its clients, which outlive that. */
export class SeedRun {
  readonly client: ReturnType<typeof createClient>;
  readonly name: string;
  readonly #bench: ReposBench;
  readonly #random: () => number;
  #killing: Promise<void> | undefined;
  killedAfterMs = Number.NaN;

  constructor(bench: ReposBench, name: string, random: () => number) {
    this.#bench = bench;
    this.name = name;
    this.#random = random;
    this.client = createClient({
      url: bench.server.url,
      token: bench.server.token,
      fetch: onOwnConnection,
    });
  }

  /** `kill -9` within this time, then a new start; the first call alone does anything. @param ready awaited before */
  async kill(withinMs: number, ready = Promise.resolve()): Promise<void> {
    this.#killing ??= this.#kill(withinMs, ready);
    return this.#killing;
  }

  async #kill(withinMs: number, ready: Promise<void>): Promise<void> {
    await ready;
    this.killedAfterMs = this.#random() * withinMs;
    await delay(this.killedAfterMs);
    await this.#bench.server.kill();
    await this.#bench.server.restart();
  }

  /** Runs a task to its end, with a kill in the moment. */
  async run(
    { prompt, ...where }: { prompt: string; projectId?: string; sessionId?: string },
    moment?: Moment,
  ): Promise<RanTask> {
    const controller = new AbortController();
    const { signal } = controller;
    const input = { prompt, ...where, idempotencyKey: `${this.name}-${crypto.randomUUID()}` };
    const { sessionId, taskId } = await submitForSure(this.client, input, signal);
    const ledger = new SessionLedger(sessionId);
    let killing: Promise<void> | undefined;
    const following = ledger.follow(this.client, signal, () => {
      if (moment === undefined || killing !== undefined) return;
      if (ledger.received.some(moment.opens)) killing = this.kill(moment.withinMs);
    });
    try {
      await withDeadline("the task to end", ledger.whenEnded(new Set([taskId])), { timeoutMs: 600_000 });
      await killing;
      const log = await readLog(this.client, sessionId);
      assertLogHolds(log);
      const own = log.filter((event) => event.taskId === taskId);
      assert(
        own.some(({ type }) => type === "task.completed"),
        `the task ended otherwise: ${JSON.stringify(log.at(-1))}`,
      );
      const outputs = own.flatMap((event) => (event.type === "tool.ended" ? [event.data] : []));
      return {
        sessionId,
        log,
        outputs: outputs.map(({ status, output }) => (status === "succeeded" ? output : null)),
        attempts: own.filter(({ type }) => type === "task.started").length,
      };
    } finally {
      controller.abort();
      await Promise.allSettled([following, killing]);
    }
  }
}
