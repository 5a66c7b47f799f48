import type { EventDataOf, Json } from "@trunkline/contract";

/** What the original wrote over its life; each is a way of writing messages, not a version number in the file. */
export const GENERATIONS = ["first", "second", "deep-coding"] as const;
export type Generation = (typeof GENERATIONS)[number];

export type PlanItem = EventDataOf<"plan.updated">["items"][number];

/** A session file as one shape, whichever generation it is of. Times are integer ms since the epoch; null: not known. */
export interface LegacySession {
  id: string;
  generation: Generation;
  createdAt: number | null;
  updatedAt: number | null;
  messages: readonly LegacyMessage[];
  /** The plan in the session file itself; the original's real one is a file beside it. */
  plan: readonly PlanItem[];
  forkedFrom: string | null;
  workingDirectory: string | null;
  /** Messages that are no objects, or have no role. */
  unreadableMessages: number;
}

export interface LegacyMessage {
  /** `tool` where a message brings results and nothing else, whatever role it was written with. */
  role: "system" | "user" | "assistant" | "tool" | "other";
  content: string;
  at: number | null;
  calls: readonly LegacyCall[];
  results: readonly LegacyResult[];
  /** Names only: what they hold is no part of a conversation that is imported. */
  attachments: readonly string[];
}

export interface LegacyCall {
  id: string;
  tool: string;
  input: Json;
}

export interface LegacyResult {
  /** Empty where the file does not say whose result it is. */
  callId: string;
  output: string;
  failed: boolean;
}
