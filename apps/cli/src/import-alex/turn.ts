import type { Json } from "@trunkline/contract";

/** A prompt and all that came of it, as the file has it. Times are integer ms since the epoch; null: not known. */
export interface Turn {
  prompt: string;
  at: number | null;
  entries: (Step | Note)[];
}

/** What the model said and asked for in one go. */
export interface Step {
  kind: "step";
  at: number | null;
  /** As paragraphs; more than one where the file has answers with nothing between them. */
  texts: { text: string; at: number | null }[];
  calls: Call[];
}

export interface Call {
  /** Distinct in its session. */
  callId: string;
  /** As the file has it. */
  legacyId: string;
  tool: string;
  input: Json;
  result: { output: string; failed: boolean; at: number | null } | null;
}

/** Something that is kept for people, and no part of the conversation. */
export interface Note {
  kind: "note";
  message: string;
  at: number | null;
}

export function stepsOf(turn: Turn): Step[] {
  return turn.entries.filter((entry) => entry.kind === "step");
}

export function callsOf(turn: Turn): Call[] {
  return stepsOf(turn).flatMap(({ calls }) => calls);
}

/** Whether the file says of anything in the turn when it happened. */
export function isDated(turn: Turn): boolean {
  return (
    turn.at !== null ||
    turn.entries.some(({ at }) => at !== null) ||
    callsOf(turn).some(({ result }) => result !== null && result.at !== null)
  );
}
