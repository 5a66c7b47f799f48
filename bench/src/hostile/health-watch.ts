import { once } from "node:events";
import { Agent, request } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";

const INTERVAL_MS = 10;
/** A pending health check that takes longer is reported with its time so far, in ms. */
const PATIENCE_MS = 20_000;

/** The longest wait per address, in ms. */
export type WorstWaits = readonly number[];

/**
 * Polls several addresses from a thread of its own, unaffected by this process's load. The second address is that of an
 * idle server, which shows how busy the machine was.
 */
export class HealthWatch implements AsyncDisposable {
  readonly #worker: Worker;

  constructor(urls: readonly string[]) {
    this.#worker = new Worker(new URL(import.meta.url), { workerData: urls });
  }

  /** @returns the worst since the last call, pending ones included. */
  async worst(): Promise<WorstWaits> {
    const answer = once(this.#worker, "message") as Promise<[WorstWaits]>;
    this.#worker.postMessage("worst");
    return (await answer)[0];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker.terminate();
  }
}

class Poller {
  readonly #url: string;
  readonly #agent = new Agent({ keepAlive: true });
  #askedAt: number | undefined;
  #worstMs = 0;

  constructor(url: string) {
    this.#url = url;
  }

  async run(): Promise<never> {
    for (;;) {
      this.#askedAt = performance.now();
      await this.#ask().catch(() => undefined);
      this.#note();
      this.#askedAt = undefined;
      await wait(INTERVAL_MS);
    }
  }

  takeWorst(): number {
    this.#note();
    const worst = this.#worstMs;
    this.#worstMs = 0;
    return worst;
  }

  #note(): void {
    if (this.#askedAt !== undefined) {
      this.#worstMs = Math.max(this.#worstMs, performance.now() - this.#askedAt);
    }
  }

  async #ask(): Promise<void> {
    const call = request(this.#url, { agent: this.#agent, timeout: PATIENCE_MS });
    call.once("timeout", () => call.destroy(new Error("no answer in time")));
    call.end();
    const [answer] = (await once(call, "response")) as [NodeJS.ReadableStream];
    answer.resume();
    await once(answer, "end");
  }
}

if (!isMainThread && parentPort !== null) {
  const pollers = (workerData as string[]).map((url) => new Poller(url));
  for (const poller of pollers) void poller.run();
  const port = parentPort;
  port.on("message", () => port.postMessage(pollers.map((poller) => poller.takeWorst())));
}
