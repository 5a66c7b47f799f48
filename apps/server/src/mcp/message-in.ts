import { ErrorCode, type JSONRPCMessage, JSONRPCMessageSchema } from "@modelcontextprotocol/sdk/types.js";
import { cleanText } from "./clean-text.ts";

const MAX_LENGTH = 600;

/**
 * A line of a server as a message. An answer that is not as JSON-RPC has it still answers: left out, its caller would wait until its
 * time is up, and take the server for dead.
 * @throws Error if it is no message.
 */
export function messageIn(line: string): JSONRPCMessage {
  const value: unknown = JSON.parse(line);
  const message = JSONRPCMessageSchema.safeParse(value);
  if (message.success) return message.data;
  if (!isObject(value) || value["method"] !== undefined) throw new Error("It is no message");
  const { id, result, error } = value;
  if (typeof id !== "string" && typeof id !== "number") throw new Error("It answers nothing");
  if (isObject(result)) {
    const { _meta, ...rest } = result;
    return { jsonrpc: "2.0", id, result: isObject(_meta) ? { ...rest, _meta } : rest };
  }
  const said = isObject(error) ? error["message"] : error;
  const words =
    typeof said === "string" && said.trim() !== "" ? said : "It answered with something that is no result";
  const code = isObject(error) && Number.isInteger(error["code"]) ? Number(error["code"]) : INTERNAL_ERROR;
  return { jsonrpc: "2.0", id, error: { code, message: cleanText(words, MAX_LENGTH) } };
}

const INTERNAL_ERROR: number = ErrorCode.InternalError;

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
