import type { FollowState } from "@trunkline/client";
import type { SessionEvent } from "@trunkline/contract";
import type { AnswerPrompt } from "../approvals/answer-prompt.ts";
import { canAsk } from "../terminal/ask.ts";
import { openStatusLine } from "../terminal/status-line.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { connectionNotices } from "./connection-notice.ts";
import { AnswerBlock } from "./answer-block.ts";
import type { Look } from "./look.ts";
import { Transcript } from "./transcript.ts";

/** Lines of tool output shown on a terminal; a pipe gets all of them. */
const MAX_OUTPUT_LINES = 12;

/** Renders the events of a followed session. */
export interface EventView extends Disposable {
  show(event: SessionEvent): Promise<void>;
  /** Call after showing the available events: shows what is being waited for. */
  settle(): void;
  /** Makes room for a line of the user's; `settle` puts back what was there. */
  clear(): Promise<void>;
  onState(state: FollowState): void;
}

export interface TranscriptOptions {
  prompts: boolean;
  /** May show a prompt at the bottom of the screen. */
  answering: AnswerPrompt;
  command: Look["command"];
}

/** For people: streaming text, rows for tool calls, and a status line. */
export function openTranscriptView(
  terminal: Terminal,
  { prompts, answering, command }: TranscriptOptions,
): EventView {
  const { out, err } = terminal;
  const transcript = new Transcript({
    colors: out.colors,
    width: out.width(),
    maxOutputLines: out.isTerminal ? MAX_OUTPUT_LINES : Number.POSITIVE_INFINITY,
    prompts,
    answers: canAsk(terminal) ? "prompt" : "command",
    command,
  });
  // A spinner would write into what a pager shows.
  const status = out.isTerminal ? openStatusLine(err) : null;
  const notice = connectionNotices((text) => {
    void answering.aside(async () => {
      await out.write(transcript.interject());
      await err.write(`${err.colors.dim(text)}\n`);
    });
  });
  return {
    async show(event) {
      const text = transcript.print(event);
      if (text === "") return;
      status?.show(null);
      await answering.aside(() => out.write(text));
    },
    // The prompt itself says what it waits for.
    settle: () => status?.show(answering.isOpen ? null : transcript.activity),
    async clear() {
      status?.show(null);
      await out.write(transcript.interject());
    },
    onState(state) {
      notice(state);
      if (state.status !== "waiting" || answering.isOpen) return;
      status?.show({ label: "Waiting for the server", detail: "" });
    },
    [Symbol.dispose]() {
      status?.[Symbol.dispose]();
      void out.write(transcript.interject());
    },
  };
}

/** For scripts: the final answer on stdout, requests for the user on stderr. */
export function openFinalView(
  terminal: Terminal,
  { answering, command }: Omit<TranscriptOptions, "prompts">,
): EventView {
  const { out, err } = terminal;
  const view = openTranscriptView({ ...terminal, out: err }, { prompts: false, answering, command });
  return {
    ...view,
    async show(event) {
      if (event.type === "task.completed") {
        const answer = new AnswerBlock({ colors: out.colors, width: out.width() });
        await out.write(`${answer.end(event.data.result)}\n`);
      } else if (FOR_SOMEBODY.has(event.type)) {
        await view.show(event);
      }
    },
    settle() {},
  };
}

/** What the user must see even if only the answer is wanted. */
const FOR_SOMEBODY: ReadonlySet<SessionEvent["type"]> = new Set([
  "approval.requested",
  "approval.answered",
  "approval.expired",
  "question.asked",
  "question.answered",
  "question.expired",
  "network.refused",
  "task.failed",
  "task.canceled",
  "task.rejected",
]);

/** For programs: one event per line. */
export function openJsonView({ out, err }: Terminal): EventView {
  return {
    show: (event) => out.write(`${JSON.stringify(event)}\n`),
    settle() {},
    clear: async () => undefined,
    onState: connectionNotices((text) => void err.write(`${text}\n`)),
    [Symbol.dispose]() {},
  };
}
