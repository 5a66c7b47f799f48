import { askLine, type Answer } from "./ask-line.ts";
import type { Terminal } from "./terminal.ts";

/** @returns whether the terminal is interactive. */
export function canAsk({ in: stdin, err }: Terminal): boolean {
  // A pipe has no `isTTY` at all.
  return stdin.isTTY ? err.isTerminal : false;
}

/** Asks once. For a prompt that can be withdrawn or printed around, see `askLine`. */
export async function ask(terminal: Terminal, prompt: string): Promise<Answer> {
  return await askLine(terminal, prompt, { signal: new AbortController().signal }).answer;
}

/**
 * Asks yes or no, typed and confirmed with Enter.
 *
 * @param otherwise meaning of an empty answer
 * @returns false if the user leaves instead
 */
export async function askYesNo(
  terminal: Terminal,
  question: string,
  { otherwise = true }: { otherwise?: boolean } = {},
): Promise<boolean> {
  const prompt = `${question} ${otherwise ? "[Y/n]" : "[y/N]"} `;
  for (;;) {
    const answer = await ask(terminal, prompt);
    if (answer.kind !== "line") return false;
    if (answer.text.trim() === "") return otherwise;
    if (/^\s*(y|yes)\s*$/i.test(answer.text)) return true;
    if (/^\s*(n|no)\s*$/i.test(answer.text)) return false;
  }
}
