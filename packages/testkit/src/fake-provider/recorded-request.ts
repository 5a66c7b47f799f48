import type { IncomingHttpHeaders } from "node:http";
import type { ChatMessage, ChatTool } from "./chat-request.ts";

/**
 * How a call ended: `answered` completely, `refused` with an HTTP error, `cut` by the script, or `aborted` by the
 * client.
 */
export type CallOutcome = "answered" | "refused" | "cut" | "aborted";

/** One `POST /v1/chat/completions`, for assertions. */
export interface RecordedRequest {
  /** From 1, over the provider's lifetime. */
  callNumber: number;
  /** On the clock of `monotonicMicros`. */
  receivedAtUs: number;
  headers: IncomingHttpHeaders;
  model: string;
  stream: boolean;
  messages: readonly ChatMessage[];
  tools: readonly ChatTool[];
  /** The JSON as sent. */
  body: unknown;
  /** Bytes of the response body sent so far. */
  bodyBytes: number;
  /** Null while it is in progress. */
  outcome: CallOutcome | null;
  endedAtUs: number | null;
  /** Settles when the call ends, by whichever side. */
  ended: Promise<CallOutcome>;
}
