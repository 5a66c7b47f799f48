import { createInterface, type Interface } from "node:readline";
import { discardTyped } from "./discard-typed.ts";
import type { Terminal } from "./terminal.ts";

/** What came of asking somebody. */
export type Answer =
  | { kind: "line"; text: string }
  /** They pressed Ctrl-C or Ctrl-D, or their terminal is gone. */
  | { kind: "left" }
  /** The caller took the question back; `typed` is the unfinished answer. */
  | { kind: "withdrawn"; typed: string };

/** A question at the bottom of the screen, while it is being answered. */
export interface OpenLine {
  readonly answer: Promise<Answer>;
  /** Clears the question for what `print` prints, and shows it again below with all that was typed. */
  aside(print: () => Promise<void>): Promise<void>;
}

export interface AskOptions {
  signal: AbortSignal;
  /** Takes text that is pasted, lines and all; without it, a paste answers nothing. */
  paste?: boolean;
}

/** Asks the terminal to say where a paste begins and ends (xterm, "Bracketed Paste Mode"). */
const PASTE_MARKS_ON = "\u001b[?2004h";
const PASTE_MARKS_OFF = "\u001b[?2004l";

/**
 * Asks for a line. The prompt appears once nothing has been typed for a moment, and only what is typed after that
 * counts: whoever was typing something else when the question came does not answer it.
 */
export function askLine(terminal: Terminal, prompt: string, options: AskOptions): OpenLine {
  let lines: Interface | null = null;
  const answer = (async (): Promise<Answer> => {
    const quiet = await discardTyped(terminal.in, options.signal);
    if (quiet !== "quiet") return quiet === "left" ? { kind: "left" } : { kind: "withdrawn", typed: "" };
    lines = createInterface({
      input: terminal.in,
      output: terminal.err.stream,
      terminal: true,
      historySize: 0,
      prompt,
    });
    try {
      return await readAnswer(lines, terminal, options);
    } finally {
      lines.close();
      lines = null;
    }
  })();
  return {
    answer,
    async aside(print) {
      lines?.pause();
      if (lines !== null) await terminal.err.write("\r\u001b[J");
      await print();
      lines?.prompt(true);
    },
  };
}

async function readAnswer(
  lines: Interface,
  { in: stdin, err }: Terminal,
  { signal, paste = false }: AskOptions,
): Promise<Answer> {
  const { promise, resolve } = Promise.withResolvers<Answer>();
  const pasted: string[] = [];
  let pasting = false;
  const onKey = (_text: string | undefined, key: { name?: string } | undefined): void => {
    if (key?.name === "paste-start") pasting = true;
    if (key?.name === "paste-end") pasting = false;
  };
  stdin.on("keypress", onKey);
  const onAbort = (): void => resolve({ kind: "withdrawn", typed: [...pasted, lines.line].join("\n") });
  signal.addEventListener("abort", onAbort);

  lines.on("line", (line) => {
    if (pasting) return void pasted.push(line);
    const text = [...pasted.splice(0), line].join("\n");
    if (!paste && text.includes("\n")) return lines.prompt();
    resolve({ kind: "line", text });
  });
  lines.on("close", () => resolve({ kind: "left" }));
  lines.on("SIGINT", () => {
    lines.close();
    // While keys are read one by one, no signal comes of Ctrl-C.
    process.kill(process.pid, "SIGINT");
  });
  // Back from a Ctrl-Z.
  lines.on("SIGCONT", () => lines.prompt(true));

  await err.write(PASTE_MARKS_ON);
  lines.prompt();
  if (signal.aborted) onAbort();
  try {
    const answer = await promise;
    // The cursor stands behind what was typed, but for Enter, which has moved it.
    if (answer.kind !== "line") await err.write("\n");
    return answer;
  } finally {
    await err.write(PASTE_MARKS_OFF);
    stdin.off("keypress", onKey);
    signal.removeEventListener("abort", onAbort);
  }
}
