import { createInterface } from "node:readline";
import type { Terminal } from "./terminal.ts";

/** @returns whether somebody is there who can be asked. */
export function canAsk({ in: stdin, err }: Terminal): boolean {
  // A pipe has no `isTTY` at all.
  return stdin.isTTY ? err.isTerminal : false;
}

/** Asks for a yes or no. @returns true for an empty answer; false where the person leaves instead. */
export async function askYesNo({ in: stdin, err }: Terminal, question: string): Promise<boolean> {
  // The terminal itself echoes what is typed, and makes a signal of Ctrl-C.
  using lines = createInterface({ input: stdin, terminal: false });
  await err.write(`${question} [Y/n] `);
  for await (const answer of lines) {
    if (/^\s*(y|yes)?\s*$/i.test(answer)) return true;
    if (/^\s*(n|no)\s*$/i.test(answer)) return false;
    await err.write(`${question} [Y/n] `);
  }
  await err.write("\n");
  return false;
}
