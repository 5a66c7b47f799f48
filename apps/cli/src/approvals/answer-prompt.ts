import type { TrunklineClient } from "@trunkline/client";
import { OpenApprovals, OpenQuestions, type SessionEvent } from "@trunkline/contract";
import { canAsk } from "../terminal/ask.ts";
import type { Answer, OpenLine } from "../terminal/ask-line.ts";
import { plainText } from "../terminal/plain-text.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { askAnswer } from "./ask-answer.ts";
import { askDecision, type DecisionOptions } from "./ask-decision.ts";
import { askForm } from "./ask-form.ts";
import { describeAnswer, readAnswer } from "./chosen-options.ts";
import { isQuestion } from "./question.ts";

/** Prompts the user at the bottom of the screen for open approvals and questions. */
export interface AnswerPrompt extends AsyncDisposable {
  /** A prompt is shown, or about to be. */
  readonly isOpen: boolean;
  /** Call before showing the event; resolves once the prompt that it settles has been cleared. */
  see(event: SessionEvent): Promise<void>;
  /** Call once all existing events have been shown: from now on it may prompt. */
  settle(): void;
  /** Prints above the prompt. */
  aside(print: () => Promise<void>): Promise<void>;
}

type OpenApproval = NonNullable<OpenApprovals["first"]>;
type OpenQuestion = NonNullable<OpenQuestions["first"]>;

/** An answer to send, or why there is none. */
type Given = { kind: "given"; words: string; send(): Promise<unknown> } | Exclude<Answer, { kind: "line" }>;

/** The terminal is read only while a prompt is shown; at all other times it is the user's. */
export function openAnswerPrompt(
  client: TrunklineClient,
  terminal: Terminal,
  { enabled }: { enabled: boolean },
): AnswerPrompt {
  const { err } = terminal;
  const approvals = new OpenApprovals();
  const questions = new OpenQuestions();
  const canAnswer = enabled && canAsk(terminal);
  let asking: { id: string; withdraw: AbortController; done: Promise<void> } | null = null;
  let line: OpenLine | null = null;

  /** @returns what to ask next, and how; null if nothing is open */
  function first(): { id: string; ask(options: DecisionOptions): Promise<Given>; forget(): void } | null {
    const approval = approvals.first;
    if (approval !== null) {
      const { id } = approval;
      const ask = (options: DecisionOptions) => askApproval(client, terminal, approval, options);
      return { id, ask, forget: () => approvals.forget(id) };
    }
    const question = questions.first;
    if (question === null) return null;
    const { id } = question;
    const ask = (options: DecisionOptions) => askQuestion(client, terminal, question, options);
    return { id, ask, forget: () => questions.forget(id) };
  }

  async function take(next: NonNullable<ReturnType<typeof first>>, signal: AbortSignal): Promise<void> {
    const given = await next.ask({ signal, onLine: (opened) => void (line = opened) });
    line = null;
    if (given.kind === "withdrawn") return await keepTyped(given.typed);
    // Left with Ctrl-D: it stays open for `trunkline approve` and `trunkline answer`.
    if (given.kind === "left") return next.forget();
    try {
      await given.send();
      // Move on to the next one, though the event for this one is still on its way.
      next.forget();
    } catch (error) {
      // Already answered, expired, or the server is unreachable; asked again while it stays open.
      await err.write(`${describeFailure(error)}\n`);
      await keepTyped(given.words);
    }
  }

  async function keepTyped(typed: string): Promise<void> {
    if (typed.trim() !== "") await err.write(`Not sent: ${plainText(typed)}\n`);
  }

  async function askFirst(): Promise<void> {
    const next = first();
    if (!canAnswer || asking !== null || next === null) return;
    const withdraw = new AbortController();
    const done = take(next, withdraw.signal);
    asking = { id: next.id, withdraw, done };
    await done;
    asking = null;
    if (!withdraw.signal.aborted) await askFirst();
  }

  return {
    get isOpen() {
      return canAnswer && (asking !== null || first() !== null);
    },
    async see(event) {
      const closed = [...approvals.apply(event), ...questions.apply(event)];
      if (asking === null || !closed.some(({ id }) => id === asking?.id)) return;
      asking.withdraw.abort();
      await asking.done;
    },
    settle: () => void askFirst(),
    aside: async (print) => (line === null ? print() : line.aside(print)),
    async [Symbol.asyncDispose]() {
      asking?.withdraw.abort();
      await asking?.done;
    },
  };
}

async function askApproval(
  client: TrunklineClient,
  terminal: Terminal,
  { id: approvalId, request }: OpenApproval,
  options: DecisionOptions,
): Promise<Given> {
  if (isQuestion(request)) {
    const asked = await askAnswer(terminal, options);
    if (asked.kind !== "line") return asked;
    const answer = { approvalId, decision: "allow", note: asked.text } as const;
    return { kind: "given", words: asked.text, send: () => client.approval.answer.mutate(answer) };
  }
  const asked = await askDecision(terminal, request.always ?? null, options);
  if (asked.kind !== "decided") return asked;
  const { decision } = asked;
  return { kind: "given", words: "", send: () => client.approval.answer.mutate({ approvalId, decision }) };
}

async function askQuestion(
  client: TrunklineClient,
  terminal: Terminal,
  { id: questionId, request: { options = [], multiple = false, form } }: OpenQuestion,
  asking: DecisionOptions,
): Promise<Given> {
  if (form !== undefined) {
    const filled = await askForm(terminal, form, asking);
    if (filled.kind !== "filled") return filled;
    const { answer } = filled;
    const words = describeAnswer(answer, []);
    return { kind: "given", words, send: () => client.question.answer.mutate({ questionId, answer }) };
  }
  const asked = await askAnswer(terminal, asking);
  if (asked.kind !== "line") return asked;
  const answer = readAnswer(asked.text, { options, multiple });
  return {
    kind: "given",
    words: asked.text,
    send: () => client.question.answer.mutate({ questionId, answer }),
  };
}

function describeFailure(error: unknown): string {
  return `Answer not delivered: ${plainText(error instanceof Error ? error.message : String(error))}`;
}
