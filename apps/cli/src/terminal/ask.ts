import { createInterface } from "node:readline";
import type { Terminal } from "./terminal.ts";

/** @returns whether somebody is there who can be asked. */
export function canAsk({ in: stdin, err }: Terminal): boolean {
  // A pipe has no `isTTY` at all.
  return stdin.isTTY ? err.isTerminal : false;
}

/**
 * Asks for a yes or no.
 *
 * @param otherwise what an empty answer means
 * @returns false where the person leaves instead
 */
export async function askYesNo(
  { in: stdin, err }: Terminal,
  question: string,
  { otherwise = true }: { otherwise?: boolean } = {},
): Promise<boolean> {
  const prompt = `${question} ${otherwise ? "[Y/n]" : "[y/N]"} `;
  // The terminal itself echoes what is typed, and makes a signal of Ctrl-C.
  using lines = createInterface({ input: stdin, terminal: false });
  await err.write(prompt);
  for await (const answer of lines) {
    if (answer.trim() === "") return otherwise;
    if (/^\s*(y|yes)\s*$/i.test(answer)) return true;
    if (/^\s*(n|no)\s*$/i.test(answer)) return false;
    await err.write(prompt);
  }
  await err.write("\n");
  return false;
}
