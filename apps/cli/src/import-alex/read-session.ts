import { asArray, asObject, asText, type JsonObject } from "./json-value.ts";
import type { Generation, LegacySession } from "./legacy-session.ts";
import { readListedPlan } from "./plan.ts";
import { readMessage } from "./read-message.ts";
import { parseTimestamp } from "./timestamp.ts";

/** Longer than any file name could be. */
const MAX_ID_LENGTH = 255;

/**
 * Normalises a session file.
 *
 * @param stem file name without its extension, used as the id if the file has none
 * @returns null if it is not a session
 */
export function readSession(value: unknown, stem: string): LegacySession | null {
  const file = asObject(value);
  if (file === null || !isSession(file)) return null;
  const metadata = asObject(file["metadata"]) ?? {};
  const id = asText(file["id"]);
  const messages = asArray(file["messages"]).map(readMessage);
  return {
    id: id === "" || id.length > MAX_ID_LENGTH ? stem : id,
    generation: generationOf(file, metadata),
    createdAt: parseTimestamp(file["created_at"] ?? file["created"]),
    updatedAt: parseTimestamp(file["updated_at"] ?? file["updated"]),
    messages: messages.filter((message) => message !== null),
    plan: readListedPlan(file["todos"]),
    forkedFrom: asText(metadata["forked_from"]) || null,
    workingDirectory: asText(file["working_dir"]) || null,
    unreadableMessages: messages.filter((message) => message === null).length,
  };
}

/** Every generation wrote the messages, even if null, and at least one of the others. */
function isSession(file: JsonObject): boolean {
  const { messages } = file;
  if (messages !== null && !Array.isArray(messages)) return false;
  return ["id", "created_at", "created", "updated_at", "updated"].some((key) => key in file);
}

function generationOf(file: JsonObject, metadata: JsonObject): Generation {
  if (!("created_at" in file) && ["created", "working_dir", "config"].some((key) => key in file))
    return "deep-coding";
  if (["session_id", "last_task_id", "forked_from"].some((key) => key in metadata)) return "second";
  const keys = ["tool_calls", "tool_call_id", "tool_results", "attachments"];
  const isSecond = asArray(file["messages"])
    .map(asObject)
    .some((message) => message?.["role"] === "tool" || keys.some((key) => (message?.[key] ?? null) !== null));
  return isSecond ? "second" : "first";
}
