import type { EventDataOf, Json } from "@trunkline/contract";

/** The message formats that the original used over time; recognised by shape, not by a version number. */
export const GENERATIONS = ["first", "second", "deep-coding"] as const;
export type Generation = (typeof GENERATIONS)[number];

export type PlanItem = EventDataOf<"plan.updated">["items"][number];

/** A session file in one shape, whatever its generation. Times are integer ms since the epoch; null: unknown. */
export interface LegacySession {
  id: string;
  generation: Generation;
  createdAt: number | null;
  updatedAt: number | null;
  messages: readonly LegacyMessage[];
  /** The plan in the session file; the actual one is in a separate file. */
  plan: readonly PlanItem[];
  forkedFrom: string | null;
  workingDirectory: string | null;
  /** Messages that are not objects, or have no role. */
  unreadableMessages: number;
}

export interface LegacyMessage {
  /** `tool` if a message contains only results, whatever its role says. */
  role: "system" | "user" | "assistant" | "tool" | "other";
  content: string;
  at: number | null;
  calls: readonly LegacyCall[];
  results: readonly LegacyResult[];
  /** Names only; their contents are not imported. */
  attachments: readonly string[];
}

export interface LegacyCall {
  id: string;
  tool: string;
  input: Json;
}

export interface LegacyResult {
  /** Empty if the file does not name the call. */
  callId: string;
  output: string;
  failed: boolean;
}
