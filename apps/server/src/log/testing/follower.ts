import { deepStrictEqual, ok } from "node:assert";
import type { EventBatch, SessionEvent } from "@trunkline/contract";
import { withDeadline } from "@trunkline/testkit";
import type { Log } from "../port.ts";

/** A subscriber: follows a session from a cursor, pauses at will, and continues with another log after a crash. */
export class Follower {
  readonly sessionId: string;
  readonly startedAfter: number;
  readonly received: SessionEvent[] = [];
  #cursor: number;
  #batches: AsyncGenerator<EventBatch, void>;
  #controller = new AbortController();

  constructor(log: Log, sessionId: string, after: number) {
    this.sessionId = sessionId;
    this.startedAfter = after;
    this.#cursor = after;
    this.#batches = log.follow(sessionId, after, this.#controller.signal);
  }

  /** Takes batches until it has the event with that seq, or a later one. */
  async catchUp(seq: number): Promise<void> {
    while (this.#cursor < seq) {
      const { value } = await withDeadline(`an event after ${this.#cursor}`, this.#batches.next());
      ok(value, "a follower's stream has ended by itself");
      for (const event of value.events) {
        deepStrictEqual(event.sessionId, this.sessionId);
        ok(event.seq > this.#cursor, `seq ${event.seq} after ${this.#cursor}`);
        this.#cursor = event.seq;
        // As sent over the wire: undefined fields are omitted.
        this.received.push(JSON.parse(JSON.stringify(event)) as SessionEvent);
      }
    }
  }

  /** Like a client whose connection was cut: it keeps what it had taken. */
  async reconnect(log: Log): Promise<void> {
    await this.stop();
    this.#controller = new AbortController();
    this.#batches = log.follow(this.sessionId, this.#cursor, this.#controller.signal);
  }

  async stop(): Promise<void> {
    this.#controller.abort();
    await this.#batches.return();
  }

  /** What it received is the log after its cursor, except for pieces of blocks that have ended since. */
  assertEquals(log: readonly SessionEvent[]): void {
    const expected = log.filter((event) => event.seq > this.startedAfter);
    const present = new Set(expected.map((event) => event.seq));
    const received = this.received.filter((event) => present.has(event.seq) || event.type !== "text.delta");
    deepStrictEqual(received, expected);
  }
}
