import type { Json } from "@trunkline/contract";

/** A prompt and everything that followed, as in the file. Times are integer ms since the epoch; null: unknown. */
export interface Turn {
  prompt: string;
  at: number | null;
  entries: (Step | Note)[];
}

/** One answer of the model: text and calls. */
export interface Step {
  kind: "step";
  at: number | null;
  /** As paragraphs; several if the file has adjacent answers. */
  texts: { text: string; at: number | null }[];
  calls: Call[];
}

export interface Call {
  /** Unique in its session. */
  callId: string;
  /** As in the file. */
  legacyId: string;
  tool: string;
  input: Json;
  result: { output: string; failed: boolean; at: number | null } | null;
}

/** A note for people, not part of the conversation. */
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

/** Whether the file dates anything in the turn. */
export function isDated(turn: Turn): boolean {
  return (
    turn.at !== null ||
    turn.entries.some(({ at }) => at !== null) ||
    callsOf(turn).some(({ result }) => result !== null && result.at !== null)
  );
}
