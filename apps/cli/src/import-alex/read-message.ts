import type { Json } from "@trunkline/contract";
import { asArray, asObject, asText, type JsonObject } from "./json-value.ts";
import type { LegacyCall, LegacyMessage, LegacyResult } from "./legacy-session.ts";
import { readObservation } from "./observation.ts";
import { parseTimestamp } from "./timestamp.ts";
import { LOST_ERROR_MESSAGE, outputOf, readToolError } from "./tool-error.ts";

const ROLES = ["system", "user", "assistant", "tool"] as const;

/** Reads a message of any generation. @returns null if it is none. */
export function readMessage(value: unknown): LegacyMessage | null {
  const message = asObject(value);
  if (message === null || typeof message["role"] !== "string") return null;
  const results = asArray(message["tool_results"]).flatMap((each) => readResult(asObject(each)));
  const role = ROLES.find((each) => each === message["role"]) ?? "other";
  return {
    ...withResults(role, asText(message["content"]), results, ownCallId(message)),
    at: parseTimestamp(message["timestamp"]),
    calls: asArray(message["tool_calls"]).flatMap((each) => readCall(asObject(each))),
    attachments: attachmentNames(message),
  };
}

/** Results come in three forms, and a message may contain two of them for the same result. */
function withResults(
  role: LegacyMessage["role"],
  content: string,
  results: readonly LegacyResult[],
  callId: string,
): Pick<LegacyMessage, "role" | "content" | "results"> {
  const observed = role === "user" || role === "tool" ? readObservation(content) : null;
  if (role === "user" && observed === null) {
    const repeatsResult =
      results.length > 0 && (content === "" || results.some((each) => each.output === content));
    return repeatsResult ? { role: "tool", content: "", results } : { role, content, results };
  }
  if (role !== "user" && role !== "tool") return { role, content, results };
  const own = observed ?? { callId, output: content, failed: false };
  return { role: "tool", content: "", results: results.length === 0 ? [own] : unite(results, own) };
}

/** @returns the listed results, completed by what only the message's text has. */
function unite(listed: readonly LegacyResult[], own: LegacyResult): LegacyResult[] {
  const isSame = ({ callId }: LegacyResult): boolean =>
    callId === own.callId || (own.callId === "" && listed.length === 1);
  const saysNothing = ({ output }: LegacyResult): boolean => output === "" || output === LOST_ERROR_MESSAGE;
  const united = listed.map((result) =>
    isSame(result) && saysNothing(result) && own.output !== "" ? { ...result, output: own.output } : result,
  );
  return own.callId === "" || listed.some(isSame) ? united : [...united, own];
}

function ownCallId(message: JsonObject): string {
  return asText(message["tool_call_id"] ?? message["tool_id"]);
}

function readCall(call: JsonObject | null): LegacyCall[] {
  if (call === null) return [];
  const input = call["arguments"] ?? call["args"] ?? {};
  return [{ id: asText(call["id"]), tool: asText(call["name"]), input: readInput(input) }];
}

/** An object, except from models that wrote it as text; anything else stays as it is. */
function readInput(input: unknown): Json {
  if (typeof input !== "string") return input as Json;
  try {
    const parsed: unknown = JSON.parse(input);
    return asObject(parsed) === null ? input : (parsed as Json);
  } catch (error) {
    if (error instanceof SyntaxError) return input;
    throw error;
  }
}

function readResult(result: JsonObject | null): LegacyResult[] {
  if (result === null) return [];
  const error = readToolError(result["error"]);
  const output = outputOf(asText(result["content"]), error);
  return [{ callId: asText(result["call_id"]), output, failed: error !== null }];
}

function attachmentNames(message: JsonObject): string[] {
  const holders = [message, ...asArray(message["tool_results"]).map(asObject)];
  return holders.flatMap((holder) => Object.keys(asObject(holder?.["attachments"]) ?? {}).map(asText));
}
