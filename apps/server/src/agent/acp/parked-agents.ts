import { isTaskEnd } from "@trunkline/contract";
import type { RunLog } from "../port.ts";
import type { AgentWork } from "./agent-work.ts";

/** Agents that wait for an answer with their process alive; each holds some hundred megabytes. */
const MAX_PARKED = 8;
/** How long one waits so, in ms; later it is started again. */
const MAX_PARKED_MS = 30 * 60_000;
/** How long the attempt that goes on with it may take to ask for it, in ms. */
const CLAIM_MS = 10_000;

interface Parked {
  work: AgentWork;
  stopWatching: AbortController;
}

/**
 * Agents whose task waits for an answer. The task holds no slot meanwhile, and its state is stored: whatever happens to the
 * process, the next attempt goes on, with this process or with another one.
 */
export class ParkedAgents {
  readonly #parked = new Map<string, Parked>();
  #isStopped = false;

  /** @param after seq of the last event that the agent's run knows. Ends it when the task ends, is resumed elsewhere, or has waited for long. */
  async park(taskId: string, work: AgentWork, log: RunLog, after: number): Promise<void> {
    if (this.#isStopped) return work.end();
    const stopWatching = new AbortController();
    this.#parked.set(taskId, { work, stopWatching });
    void this.#watch(taskId, log.follow(after, stopWatching.signal), stopWatching.signal);
    for (const [oldest] of this.#parked) {
      if (this.#parked.size <= MAX_PARKED) break;
      await this.#drop(oldest);
    }
  }

  /** Hands it to the attempt that goes on with the task. */
  take(taskId: string): AgentWork | null {
    const parked = this.#parked.get(taskId);
    if (parked === undefined) return null;
    this.#parked.delete(taskId);
    parked.stopWatching.abort();
    return parked.work;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await Promise.all([...this.#parked.keys()].map(async (taskId) => this.#drop(taskId)));
  }

  async #drop(taskId: string): Promise<void> {
    await this.take(taskId)?.end();
  }

  async #watch(taskId: string, log: ReturnType<RunLog["follow"]>, signal: AbortSignal): Promise<void> {
    const timer = setTimeout(() => void this.#drop(taskId), MAX_PARKED_MS);
    timer.unref();
    try {
      for await (const { events } of log) {
        const own = events.filter((event) => event.taskId === taskId);
        if (own.some(isTaskEnd)) return await this.#drop(taskId);
        if (!own.some(({ type }) => type === "task.resumed")) continue;
        // By us: then it is taken in a moment. By another node: then it is not.
        clearTimeout(timer);
        setTimeout(() => void this.#drop(taskId), CLAIM_MS).unref();
        return;
      }
    } catch {
      // The session is gone, or the log can't be read: the next attempt starts the agent again.
      if (!signal.aborted) await this.#drop(taskId);
    } finally {
      if (signal.aborted) clearTimeout(timer);
    }
  }
}
