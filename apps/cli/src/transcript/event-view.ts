import type { FollowState } from "@trunkline/client";
import type { SessionEvent } from "@trunkline/contract";
import { canAsk } from "../terminal/ask.ts";
import { openStatusLine } from "../terminal/status-line.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { connectionNotices } from "./connection-notice.ts";
import { Transcript } from "./transcript.ts";

/** Lines of one tool's output that a terminal shows; a pipe gets all of them. */
const MAX_OUTPUT_LINES = 12;

/** Where the events of a followed session go. */
export interface EventView extends Disposable {
  show(event: SessionEvent): Promise<void>;
  /** To be called once the events at hand are shown: tells what is being waited for. */
  settle(): void;
  onState(state: FollowState): void;
}

/** For people: text as it comes, rows for what tools did, and a line that says what is awaited. */
export function openTranscriptView(terminal: Terminal, { prompts }: { prompts: boolean }): EventView {
  const { out, err } = terminal;
  const transcript = new Transcript({
    colors: out.colors,
    width: out.width(),
    maxOutputLines: out.isTerminal ? MAX_OUTPUT_LINES : Number.POSITIVE_INFINITY,
    prompts,
    answers: canAsk(terminal) ? "keys" : "command",
  });
  // A spinner would write into what a pager shows.
  const status = out.isTerminal ? openStatusLine(err) : null;
  const notice = connectionNotices((text) => {
    void out.write(transcript.interject());
    void err.write(`${err.colors.dim(text)}\n`);
  });
  return {
    async show(event) {
      const text = transcript.print(event);
      if (text === "") return;
      status?.show(null);
      await out.write(text);
    },
    settle: () => status?.show(transcript.activity),
    onState(state) {
      notice(state);
      if (state.status === "waiting") status?.show({ label: "waiting for the server", detail: "" });
    },
    [Symbol.dispose]() {
      status?.[Symbol.dispose]();
      void out.write(transcript.interject());
    },
  };
}

/** For programs: one event per line. */
export function openJsonView({ out, err }: Terminal): EventView {
  return {
    show: (event) => out.write(`${JSON.stringify(event)}\n`),
    settle() {},
    onState: connectionNotices((text) => void err.write(`${text}\n`)),
    [Symbol.dispose]() {},
  };
}
