import type { Generation } from "../legacy-session.ts";

/**
 * What happened in a session of the original, told without its file format. Files are rendered from it, and what an
 * import must give is read off it: neither knows the other, nor the importer.
 */
export interface Story {
  generation: Generation;
  id: string;
  /** ms since the epoch; null: the file says nothing that can be read. */
  createdAt: number | null;
  updatedAt: number | null;
  /** What the importer has to take for them. */
  expectedCreatedAt: number;
  expectedUpdatedAt: number;
  /** When the file was last written, in ms since the epoch. */
  fileTime: number;
  system: string | null;
  turns: StoryTurn[];
  plan: { text: string; status: "pending" | "active" | "done" }[] | null;
  forkedFrom: string | null;
  costs: { inputTokens: number; outputTokens: number; totalCost: number }[];
}

export interface StoryTurn {
  prompt: string;
  /** ms since the epoch; of generations that do not date messages null. */
  at: number | null;
  rounds: StoryRound[];
  answer: string;
  answeredAt: number | null;
}

/** The model says something and calls tools. */
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
