import type { SseRequest } from "../reader/sse-connection.ts";

/** What to do with received events: count them, time tokens, or count ended tasks. */
export type ReadMode = "count" | "tokens" | "tasks";

/** Requests to the subscribers' process, handled one at a time. */
export type SubscribersProtocol = {
  /** Opens one stream per request; replies once all have caught up. */
  open: { request: { requests: SseRequest[]; read: ReadMode }; reply: OpenedStreams };
  /** Replies once every stream has received this seq. */
  receivedUpTo: { request: { seq: number }; reply: CountedEvents };
  /** Replies once every stream has seen its task end. */
  tokensReceived: { request: Record<string, never>; reply: ReceivedTokens };
  /** Replies once this many tasks have completed, over all streams. */
  tasksCompleted: { request: { tasks: number }; reply: { lastAtUs: number } };
  /** Replies immediately with the counts so far. */
  counted: { request: Record<string, never>; reply: CountedEvents };
  close: { request: Record<string, never>; reply: null };
};

/** Times of `monotonicMicros`, in the order of the requests. */
export interface OpenedStreams {
  startedAtUs: number;
  /** First message with events, per stream; 0 if the log was empty. */
  firstAtUs: number[];
  caughtUpAtUs: number[];
}

export interface CountedEvents {
  events: number;
  frames: number;
  bytes: number;
  /** Protocol messages, including `connected`. */
  pings: number;
  /** Streams still open. */
  open: number;
  /** When the last one arrived. */
  lastAtUs: number;
}

export interface ReceivedTokens {
  /** From emission to receipt, for all tokens of all streams. */
  latenciesUs: Float64Array;
  /** Per stream, in the order of the requests. */
  firstTokenAtUs: number[];
  tokens: number[];
  endings: string[];
}
