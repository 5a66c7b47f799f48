import type { EventType } from "@trunkline/contract";
import type { OutboxEntry } from "../store/port.ts";

/** Sees what happens in all sessions, and misses nothing: through crashes of its own and of the server. */
export interface OutboxConsumer {
  /** Its cursor is stored under it: never to be changed. */
  readonly name: string;
  readonly types: readonly EventType[];
  /**
   * Takes some entries, in the order of commits. Its cursor is stored once this resolves; where it throws, or the process dies
   * before that, the same entries come again. So what it does for an entry's id must be done once however often it is called.
   * A session may be gone by now.
   * @param signal aborts when the server stops, or another node has taken over.
   */
  handle(entries: readonly OutboxEntry[], signal: AbortSignal): Promise<void>;
  /** What is to be done while nothing waits, a little at a time. @returns whether there is more of it. */
  rest?(signal: AbortSignal): Promise<boolean>;
}

/** How a consumer is doing. */
export interface ConsumerState {
  name: string;
  /** Entries that it has yet to see, at most MAX_COUNTED_LAG. */
  waiting: number;
  /** How long ago the oldest of these happened, in ms; 0 where none waits. */
  lagMs: number;
  /** How often in a row it has failed on this node. */
  failures: number;
}

/** Feeds the consumers. */
export interface Outbox {
  /** Makes the consumers known, before anything is appended, and begins to feed them. */
  start(): Promise<void>;
  states(): Promise<ConsumerState[]>;
  /** Resolves once no consumer is at work. */
  stop(): Promise<void>;
}
