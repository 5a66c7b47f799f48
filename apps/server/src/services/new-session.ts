import { MAX_TITLE_LENGTH } from "@trunkline/contract";
import { v7 as uuidv7 } from "uuid";
import type { StoredDraft } from "../store/port.ts";

const DEFAULT_AGENT = "default";

/** The first event of a session; ids are random enough for a thousand created at once. */
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

/** Default title: the prompt's first line. */
export function titleFromPrompt(prompt: string): string {
  const line = prompt
    .trim()
    .replace(/\n[^]*$/, "")
    .trim();
  const limit = Math.min(80, MAX_TITLE_LENGTH);
  if (line.length <= limit) return line;
  // Don't split a surrogate pair.
  const start = line.slice(0, limit - 1).replace(/[\uD800-\uDBFF]$/, "");
  return `${start.trimEnd()}…`;
}
