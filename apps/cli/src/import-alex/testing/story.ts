import type { Generation } from "../legacy-session.ts";

/**
 * A session of the original, independent of its file format. Files are rendered from it and expected imports derived
 * from it, without using the importer.
 */
export interface Story {
  generation: Generation;
  id: string;
  /** ms since the epoch; null: unreadable or absent in the file. */
  createdAt: number | null;
  updatedAt: number | null;
  /** What the importer has to use instead. */
  expectedCreatedAt: number;
  expectedUpdatedAt: number;
  /** Modification time, in ms since the epoch. */
  fileTime: number;
  system: string | null;
  turns: StoryTurn[];
  plan: { text: string; status: "pending" | "active" | "done" }[] | null;
  forkedFrom: string | null;
  costs: { inputTokens: number; outputTokens: number; totalCost: number }[];
}

export interface StoryTurn {
  prompt: string;
  /** ms since the epoch; null in generations without message times. */
  at: number | null;
  rounds: StoryRound[];
  answer: string;
  answeredAt: number | null;
}

/** The model writes text and calls tools. */
export interface StoryRound {
  text: string;
  at: number | null;
  calls: StoryCall[];
}

export type ErrorShape = "string" | "empty" | "message" | "error";

export interface StoryCall {
  id: string;
  tool: string;
  input: Record<string, string | number | boolean | string[]>;
  output: string;
  /** Null: it succeeded. */
  error: { shape: ErrorShape; message: string } | null;
  at: number | null;
}
