import { StreamableHTTPError } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { ErrorCode, McpError } from "@modelcontextprotocol/sdk/types.js";
import { cleanText } from "./clean-text.ts";

const MAX_LENGTH = 600;

const REQUEST_TIMEOUT: number = ErrorCode.RequestTimeout;
const CONNECTION_CLOSED: number = ErrorCode.ConnectionClosed;

/** @returns why a server does not work, for people. @param log what its program wrote last. */
export function describeFault(error: unknown, log = ""): string {
  const words = cleanText(wordsOf(error).replaceAll(/\s+/g, " ").trim(), MAX_LENGTH);
  const last = cleanText(log.trim().split("\n").at(-1) ?? "", 200).trim();
  return last === "" ? words : `${words}. Its last words: ${last}`;
}

function wordsOf(error: unknown): string {
  if (error instanceof McpError && error.code === REQUEST_TIMEOUT) {
    return "It did not answer in time";
  }
  if (error instanceof McpError && error.code === CONNECTION_CLOSED) {
    return "It ended, or closed the connection";
  }
  if (error instanceof StreamableHTTPError) return error.message.replace(/^Streamable HTTP error: /, "");
  if (!(error instanceof Error)) return String(error);
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  return first instanceof Error ? first.message : String(first);
}
