import type { ApprovalDecision } from "@trunkline/contract";
import { askLine, type Answer, type OpenLine } from "../terminal/ask-line.ts";
import { oneLine } from "../terminal/plain-text.ts";
import type { Terminal } from "../terminal/terminal.ts";

export interface DecisionOptions {
  signal: AbortSignal;
  /** Called with each prompt, so that others can print around it. */
  onLine?: (line: OpenLine) => void;
}

/** The decision, or another outcome of the prompt. */
export type Decision = { kind: "decided"; decision: ApprovalDecision } | Exclude<Answer, { kind: "line" }>;

/**
 * Asks whether a call shown above may run. The answer is a line ended with Enter; `always` needs a second one, because
 * it allows calls that nobody has seen yet.
 *
 * @param always what it would allow for the rest of the session; null: not offered
 */
export async function askDecision(
  terminal: Terminal,
  always: string | null,
  { signal, onLine }: DecisionOptions,
): Promise<Decision> {
  const ask = (prompt: string): Promise<Answer> => {
    const line = askLine(terminal, prompt, { signal });
    onLine?.(line);
    return line.answer;
  };
  const rule = always === null ? null : oneLine(always);
  const choices = rule === null ? "y/n" : "y/n/a";
  for (;;) {
    const answer = await ask(`Allow this? [${choices}] `);
    if (answer.kind !== "line") return answer;
    const word = answer.text.trim().toLowerCase();
    if (word === "y" || word === "yes") return { kind: "decided", decision: "allow" };
    if (word === "n" || word === "no") return { kind: "decided", decision: "deny" };
    if (rule !== null && (word === "a" || word === "always")) {
      const sure = await ask(`${describeRule(rule)} Type yes to confirm: `);
      if (sure.kind !== "line") return sure;
      if (sure.text.trim().toLowerCase() === "yes") return { kind: "decided", decision: "always" };
      continue;
    }
    await terminal.err.write(
      `Type y to allow it once or n to deny it${rule === null ? "" : `, or a to always allow ${rule}`}. Then press Enter.\n`,
    );
  }
}

export function describeRule(rule: string, level: "session" | "project" | "user" = "session"): string {
  const where = {
    session: "in this session",
    project: "in your sessions of this project",
    user: "in all your sessions",
  }[level];
  return `Always allow ${rule} ${where}, without asking?`;
}
