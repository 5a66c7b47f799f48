import type { Colors } from "../terminal/output.ts";

/** Rendering options of a transcript. */
export interface Look {
  colors: Colors;
  /** Maximum columns per row; Infinity: no limit. */
  width: number;
  /** Maximum lines of one tool's output; Infinity: all. */
  maxOutputLines: number;
  /** Whether to show prompts; a user who has just typed one need not read it again. */
  prompts: boolean;
  /** How the user answers requests: at a prompt below, or by a command. */
  answers: "prompt" | "command";
  /** @returns a command line of ours that can be pasted */
  command: (...words: string[]) => string;
}
