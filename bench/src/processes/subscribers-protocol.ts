import type { SseRequest } from "../reader/sse-connection.ts";

/** What is done with what comes: events counted, tokens timed, or ended tasks counted. */
export type ReadMode = "count" | "tokens" | "tasks";

/** What the subscribers' process does. Messages are handled one at a time. */
export type SubscribersProtocol = {
  /** Opens one stream per request; answers once all have caught up. */
  open: { request: { requests: SseRequest[]; read: ReadMode }; reply: OpenedStreams };
  /** Answers once every stream has received this seq. */
  receivedUpTo: { request: { seq: number }; reply: CountedEvents };
  /** Answers once every stream has seen its task end. */
  tokensReceived: { request: Record<string, never>; reply: ReceivedTokens };
  /** Answers once so many tasks have completed, over all streams. */
  tasksCompleted: { request: { tasks: number }; reply: { lastAtUs: number } };
  /** What came so far, at once. */
  counted: { request: Record<string, never>; reply: CountedEvents };
  close: { request: Record<string, never>; reply: null };
};

/** Times are those of `monotonicMicros`, in the order of the requests. */
export interface OpenedStreams {
  startedAtUs: number;
  /** First message with events, per stream; 0 where the log was empty. */
  firstAtUs: number[];
  caughtUpAtUs: number[];
}

export interface CountedEvents {
  events: number;
  frames: number;
  bytes: number;
  /** Messages of the protocol's own, `connected` among them. */
  pings: number;
  /** Streams that are still open. */
  open: number;
  /** When the last of them came. */
  lastAtUs: number;
}

export interface ReceivedTokens {
  /** Emission to receipt of all tokens of all streams. */
  latenciesUs: Float64Array;
  /** Per stream, in the order of the requests. */
  firstTokenAtUs: number[];
  tokens: number[];
  endings: string[];
}
