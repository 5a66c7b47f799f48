import type { TrunklineClient } from "@trunkline/client";
import { askYesNo, canAsk } from "../terminal/ask.ts";
import { askLine, PASTE_MARKS_OFF, PASTE_MARKS_ON } from "../terminal/ask-line.ts";
import { discardTyped, suspend } from "../terminal/discard-typed.ts";
import { plainText } from "../terminal/plain-text.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { submitOnce, UnansweredError } from "./submit-once.ts";
import { readTypedLine, TYPING_HELP } from "./typed-message.ts";

/** Lets somebody who watches a session type messages to it. */
export interface MessageLine extends AsyncDisposable {
  /** Resolves once nobody types: print nothing before. */
  idle(): Promise<void>;
  /** Call once all existing events have been shown: from now on what is typed begins a message. */
  settle(): void;
}

export interface MessageLineOptions {
  sessionId: string;
  enabled: boolean;
  signal: AbortSignal;
  /** Whether another prompt has the terminal. */
  isTaken: () => boolean;
  /** Takes away what would be in the way of the line. */
  clear: () => Promise<void>;
  /** Puts it back. */
  restore: () => void;
  /** A message was sent. */
  onSent: (taskId: string) => void;
}

const CTRL_C = "\u0003";
const CTRL_X = "\u0018";
const CTRL_Z = "\u001a";
/** Keys without a character, but for a paste. */
// eslint-disable-next-line no-control-regex
const NO_TEXT = /^(?:\u001b(?!\[200~)[^]*|[\u0000-\u001f\u007f]+)$/;

/**
 * Any character begins a line, Enter sends it. What was typed before the session was shown is discarded, and while a line
 * is open, events wait: an approval never appears under somebody's keys.
 */
export function openMessageLine(
  client: TrunklineClient,
  terminal: Terminal,
  { sessionId, enabled, signal, isTaken, clear, restore, onSent }: MessageLineOptions,
): MessageLine {
  const { in: stdin, err } = terminal;
  const canType = enabled && canAsk(terminal);
  let typing: Promise<void> | null = null;
  let isListening = false;
  let isReady = false;

  async function send(line: string): Promise<void> {
    const typed = readTypedLine(line);
    switch (typed.kind) {
      case "nothing":
        return;
      case "help":
        return err.write(TYPING_HELP);
      case "refused":
        return err.write(`Not sent: ${typed.why}.\n`);
      case "stop":
        return stop();
      case "message": {
        const { text: prompt, whenBusy } = typed;
        const { taskId } = await submitOnce(client, { sessionId, prompt, whenBusy });
        return onSent(taskId);
      }
    }
  }

  async function stop(): Promise<void> {
    const { session } = await client.session.get.query({ sessionId });
    const taskId = session.currentTask?.id;
    if (taskId === undefined) return err.write("No task is running.\n");
    if (!(await askYesNo(terminal, "Stop the running task?", { otherwise: false }))) return;
    await client.task.cancel.mutate({ taskId });
  }

  async function type(keys: Buffer): Promise<void> {
    await clear();
    try {
      if (keys.toString() === CTRL_X) return await stop();
      const line = askLine(terminal, "› ", { signal, paste: true, typed: keys });
      const answer = await line.answer;
      if (answer.kind === "line") await send(answer.text);
    } catch (error) {
      const problem = plainText(error instanceof Error ? error.message : String(error));
      await err.write(error instanceof UnansweredError ? `${problem}.\n` : `Not sent: ${problem}\n`);
    }
  }

  const onData = (data: Buffer | string): void => {
    const keys = data.toString();
    if (keys.includes(CTRL_C)) return void process.kill(process.pid, "SIGINT");
    if (keys.includes(CTRL_Z)) return suspend(stdin);
    if (keys !== CTRL_X && NO_TEXT.test(keys)) return;
    pause();
    keepIdleUntil(type(Buffer.from(data)));
  };

  function pause(): void {
    if (!isListening) return;
    isListening = false;
    stdin.off("data", onData).pause();
    stdin.setRawMode(false);
    void err.write(PASTE_MARKS_OFF);
  }

  function listen(): void {
    if (!isReady || typing !== null) return;
    if (isTaken() || signal.aborted) return pause();
    if (isListening) return;
    isListening = true;
    void err.write(PASTE_MARKS_ON);
    stdin.setRawMode(true);
    stdin.on("data", onData).resume();
  }

  /** What was typed for whatever had the terminal before. */
  async function begin(): Promise<void> {
    await clear();
    if ((await discardTyped(stdin, signal)) !== "quiet") return;
    stdin.setRawMode(false);
    await err.write(
      err.colors.dim("Type a message, or /help. Ctrl-X stops the task, Ctrl-C stops watching.\n"),
    );
    isReady = true;
  }

  function keepIdleUntil(done: Promise<void>): void {
    typing = done.finally(() => {
      typing = null;
      restore();
      listen();
    });
  }

  return {
    async idle() {
      while (typing !== null) await typing;
    },
    settle() {
      if (isReady || isTaken()) listen();
      else if (canType && typing === null && !signal.aborted) keepIdleUntil(begin());
    },
    async [Symbol.asyncDispose]() {
      await typing;
      pause();
    },
  };
}
