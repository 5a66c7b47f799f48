import { followSession, type TrunklineClient } from "@trunkline/client";
import type { SessionEvent } from "@trunkline/contract";
import { isTerminalEvent } from "../event-log-checkers.ts";

/** What a process that outlives the server has seen of one session. */
export class SessionLedger {
  readonly sessionId: string;
  readonly received: SessionEvent[] = [];
  /** Arrival time of each event, monotonic, in ms. */
  readonly receivedAt: number[] = [];
  readonly #ended = new Set<string>();
  readonly #waiting: { taskIds: ReadonlySet<string>; resolve: () => void }[] = [];

  constructor(sessionId: string) {
    this.sessionId = sessionId;
  }

  /** Follows until the signal aborts, across any number of server deaths. */
  async follow(
    client: TrunklineClient,
    signal: AbortSignal,
    onEvents: (count: number) => void,
  ): Promise<void> {
    const backoff = { minMs: 10, maxMs: 100 };
    for await (const { events } of followSession(client, { sessionId: this.sessionId, signal, backoff })) {
      for (const event of events) {
        this.received.push(event);
        this.receivedAt.push(performance.now());
        if (isTerminalEvent(event) && event.taskId !== null) this.#ended.add(event.taskId);
      }
      onEvents(events.length);
      for (const { taskIds, resolve } of this.#waiting) {
        if (taskIds.isSubsetOf(this.#ended)) resolve();
      }
    }
  }

  async whenEnded(taskIds: ReadonlySet<string>): Promise<void> {
    if (taskIds.isSubsetOf(this.#ended)) return;
    await new Promise<void>((resolve) => this.#waiting.push({ taskIds, resolve }));
  }
}
