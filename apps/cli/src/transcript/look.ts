import type { Colors } from "../terminal/output.ts";

/** How a transcript is set. */
export interface Look {
  colors: Colors;
  /** Columns that a row may take; Infinity where it may be of any length. */
  width: number;
  /** Lines that are kept of one tool's output; Infinity for all. */
  maxOutputLines: number;
  /** Whether prompts are shown; whoever has just typed one need not read it again. */
  prompts: boolean;
  /** How the person answers what is asked: at a prompt below it, or by a command of its own. */
  answers: "prompt" | "command";
  /** @returns a command line of ours that can be pasted */
  command: (...words: string[]) => string;
}
