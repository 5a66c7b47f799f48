import { createInterface, type Interface } from "node:readline";
import { discardTyped } from "./discard-typed.ts";
import type { Terminal } from "./terminal.ts";

/** Outcome of a prompt. */
export type Answer =
  | { kind: "line"; text: string }
  /** Ctrl-C or Ctrl-D was pressed, or the terminal is gone. */
  | { kind: "left" }
  /** Withdrawn by the caller; `typed` is the unfinished input. */
  | { kind: "withdrawn"; typed: string };

/** A prompt at the bottom of the screen. */
export interface OpenLine {
  readonly answer: Promise<Answer>;
  /** Clears the prompt, lets `print` print, and shows it again below with what was typed. */
  aside(print: () => Promise<void>): Promise<void>;
}

export interface AskOptions {
  signal: AbortSignal;
  /** Accepts pasted text with newlines; otherwise a paste answers nothing. */
  paste?: boolean;
  /** The keys that asked for the line: it appears at once, with them. */
  typed?: Buffer;
}

/** Asks the terminal to mark pastes (xterm, "Bracketed Paste Mode"). */
export const PASTE_MARKS_ON = "\u001b[?2004h";
export const PASTE_MARKS_OFF = "\u001b[?2004l";

/**
 * Asks for a line. The prompt appears once nothing has been typed for a moment, and only later input counts, so that
 * somebody typing something else does not answer it by accident.
 */
export function askLine(terminal: Terminal, prompt: string, options: AskOptions): OpenLine {
  let lines: Interface | null = null;
  const answer = (async (): Promise<Answer> => {
    const quiet = options.typed === undefined ? await discardTyped(terminal.in, options.signal) : "quiet";
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
  { signal, paste = false, typed }: AskOptions,
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
    // In raw mode Ctrl-C raises no signal.
    process.kill(process.pid, "SIGINT");
  });
  // Back from Ctrl-Z.
  lines.on("SIGCONT", () => lines.prompt(true));

  await err.write(PASTE_MARKS_ON);
  lines.prompt();
  if (typed !== undefined) stdin.unshift(typed);
  if (signal.aborted) onAbort();
  try {
    const answer = await promise;
    // The cursor is behind the input, unless Enter has moved it.
    if (answer.kind !== "line") await err.write("\n");
    return answer;
  } finally {
    await err.write(PASTE_MARKS_OFF);
    stdin.off("keypress", onKey);
    signal.removeEventListener("abort", onAbort);
  }
}
