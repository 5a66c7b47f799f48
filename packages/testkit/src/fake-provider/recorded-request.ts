import type { IncomingHttpHeaders } from "node:http";
import type { ChatMessage, ChatTool } from "./chat-request.ts";

/**
 * How a call ended: `answered` as a whole, `refused` with an HTTP error, `cut` by the script, or `aborted` because the
 * client closed its connection.
 */
export type CallOutcome = "answered" | "refused" | "cut" | "aborted";

/** One call of `POST /v1/chat/completions`, for assertions. */
export interface RecordedRequest {
  /** Counts from 1 over the provider's life. */
  callNumber: number;
  /** On the clock of `monotonicMicros`. */
  receivedAtUs: number;
  headers: IncomingHttpHeaders;
  model: string;
  stream: boolean;
  messages: readonly ChatMessage[];
  tools: readonly ChatTool[];
  /** The JSON as it was sent. */
  body: unknown;
  /** Bytes of the response body that went out so far. */
  bodyBytes: number;
  /** Null while it goes on. */
  outcome: CallOutcome | null;
  endedAtUs: number | null;
  /** Settles when the call ends, by whichever side. */
  ended: Promise<CallOutcome>;
}
