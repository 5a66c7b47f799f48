import { MAX_NOTE_LENGTH } from "@trunkline/contract";
import { askLine, type Answer, type OpenLine } from "../terminal/ask-line.ts";
import type { Terminal } from "../terminal/terminal.ts";

export interface AnswerOptions {
  signal: AbortSignal;
  onLine?: (line: OpenLine) => void;
}

/** Asks for a free-text answer; a paste may have several lines. */
export async function askAnswer(terminal: Terminal, { signal, onLine }: AnswerOptions): Promise<Answer> {
  for (;;) {
    const line = askLine(terminal, "Your answer: ", { signal, paste: true });
    onLine?.(line);
    const answer = await line.answer;
    if (answer.kind !== "line") return answer;
    const text = answer.text.trim();
    if (text === "") continue;
    if (text.length <= MAX_NOTE_LENGTH) return { kind: "line", text };
    await terminal.err.write(`${text.length - MAX_NOTE_LENGTH} characters over the limit; not sent.\n`);
  }
}
