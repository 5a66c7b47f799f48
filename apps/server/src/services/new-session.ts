import { MAX_TITLE_LENGTH } from "@trunkline/contract";
import { v7 as uuidv7 } from "uuid";
import type { StoredDraft } from "../store/port.ts";

const DEFAULT_AGENT = "default";

/** The first event of a session; its id is random enough that a thousand made at once are a thousand. */
export function newSession({ title, model }: { title: string; model: string | null }): {
  id: string;
  event: StoredDraft;
} {
  const event = {
    taskId: null,
    type: "session.created",
    data: { title, model, agent: DEFAULT_AGENT },
  } as const;
  return { id: uuidv7(), event };
}

export const UNTITLED = "New session";

/** A title until somebody gives a better one: the prompt's first line. */
export function titleFromPrompt(prompt: string): string {
  const line = prompt
    .trim()
    .replace(/\n[^]*$/, "")
    .trim();
  const limit = Math.min(80, MAX_TITLE_LENGTH);
  if (line.length <= limit) return line;
  // Half of a surrogate pair could not be stored.
  const start = line.slice(0, limit - 1).replace(/[\uD800-\uDBFF]$/, "");
  return `${start.trimEnd()}…`;
}
