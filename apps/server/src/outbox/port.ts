import type { EventType } from "@trunkline/contract";
import type { OutboxEntry } from "../store/port.ts";

/** Sees what happens in all sessions and misses nothing, across its own crashes and the server's. */
export interface OutboxConsumer {
  /** Key of its stored cursor: never change it. */
  readonly name: string;
  readonly types: readonly EventType[];
  /**
   * Handles some entries, in commit order. Its cursor is stored once this resolves; if it throws, or the process dies
   * first, the same entries come again, so effects must be idempotent by the entry's id. A session may be gone by now.
   * @param signal aborts when the server stops, or another node has taken over.
   */
  handle(entries: readonly OutboxEntry[], signal: AbortSignal): Promise<void>;
  /** Background work while nothing is waiting, a little at a time. @returns whether there is more. */
  rest?(signal: AbortSignal): Promise<boolean>;
}

/** A consumer's state. */
export interface ConsumerState {
  name: string;
  /** Entries that it has not seen yet, counted up to MAX_COUNTED_LAG. */
  waiting: number;
  /** Age of the oldest of these, in ms; 0 if there is none. */
  lagMs: number;
  /** Failures in a row on this node. */
  failures: number;
}

/** Feeds the consumers. */
export interface Outbox {
  /** Registers the consumers, before anything is appended, and starts feeding them. */
  start(): Promise<void>;
  states(): Promise<ConsumerState[]>;
  /** Resolves once no consumer is active. */
  stop(): Promise<void>;
}
