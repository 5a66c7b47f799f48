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

/** Lines of a tool's output that a terminal shows; a pipe gets all of them. */
const MAX_OUTPUT_LINES = 12;

/** Where the events of a followed session go. */
export interface EventView extends Disposable {
  show(event: SessionEvent): Promise<void>;
  /** To be called once the events at hand are shown: says what the user is waiting for. */
  settle(): void;
  onState(state: FollowState): void;
}

export interface TranscriptOptions {
  prompts: boolean;
  /** What may be asking at the bottom of the screen. */
  answering: AnswerPrompt;
  command: Look["command"];
}

/** For people: text as it comes, rows for what tools did, and a line that says what they are waiting for. */
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
    // What is asked says itself what it waits for.
    settle: () => status?.show(answering.isOpen ? null : transcript.activity),
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

/** For whoever wants the result alone: the final answer on the output, and what needs somebody beside it. */
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

/** What has to reach the user even where only the answer is wanted. */
const FOR_SOMEBODY: ReadonlySet<SessionEvent["type"]> = new Set([
  "approval.requested",
  "approval.answered",
  "approval.expired",
  "question.asked",
  "question.answered",
  "question.expired",
  "task.failed",
  "task.canceled",
  "task.rejected",
]);

/** For programs: one event per line. */
export function openJsonView({ out, err }: Terminal): EventView {
  return {
    show: (event) => out.write(`${JSON.stringify(event)}\n`),
    settle() {},
    onState: connectionNotices((text) => void err.write(`${text}\n`)),
    [Symbol.dispose]() {},
  };
}
