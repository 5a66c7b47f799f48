import type { TrunklineClient } from "@trunkline/client";
import { OpenApprovals, type SessionEvent } from "@trunkline/contract";
import { canAsk } from "../terminal/ask.ts";
import type { OpenLine } from "../terminal/ask-line.ts";
import { plainText } from "../terminal/plain-text.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { askAnswer } from "./ask-answer.ts";
import { askDecision } from "./ask-decision.ts";
import { isQuestion } from "./question.ts";

/** Lets whoever watches a session answer what it asks, at the bottom of the screen. */
export interface AnswerPrompt extends AsyncDisposable {
  /** Something is asked here, or is about to be. */
  readonly isOpen: boolean;
  /** To be called before the event is shown; resolves once what it settles has left the screen. */
  see(event: SessionEvent): Promise<void>;
  /** To be called once all events that there are have been seen: from now on it may ask. */
  settle(): void;
  /** Prints above what is being asked. */
  aside(print: () => Promise<void>): Promise<void>;
}

/** The terminal is read only while something is asked, so that it is the person's own at all other times. */
export function openAnswerPrompt(
  client: TrunklineClient,
  terminal: Terminal,
  { enabled }: { enabled: boolean },
): AnswerPrompt {
  const { err } = terminal;
  const open = new OpenApprovals();
  const canAnswer = enabled && canAsk(terminal);
  let asking: { id: string; withdraw: AbortController; done: Promise<void> } | null = null;
  let line: OpenLine | null = null;

  async function ask(
    { id, request }: NonNullable<OpenApprovals["first"]>,
    signal: AbortSignal,
  ): Promise<void> {
    const onLine = (opened: OpenLine): void => void (line = opened);
    const asked = isQuestion(request)
      ? await askAnswer(terminal, "Your answer: ", { signal, onLine })
      : await askDecision(terminal, request.always ?? null, { signal, onLine });
    line = null;
    if (asked.kind === "withdrawn") return await keepTyped(asked.typed);
    // Left with Ctrl-D: the hint in the transcript tells how to answer later.
    if (asked.kind === "left") return open.forget(id);
    const decision = asked.kind === "line" ? "allow" : asked.decision;
    const note = asked.kind === "line" ? asked.text : undefined;
    try {
      await client.approval.answer.mutate({ approvalId: id, decision, note });
      // The next answer is for the next one, though the event that tells of this one is still on its way.
      open.forget(id);
    } catch (error) {
      // Somebody else was faster, time ran out, or the server is away; while it stays open it is asked again.
      await err.write(`${describeFailure(error)}\n`);
      await keepTyped(note ?? "");
    }
  }

  async function keepTyped(typed: string): Promise<void> {
    if (typed.trim() !== "") await err.write(`Not sent: ${plainText(typed)}\n`);
  }

  async function askFirst({ first }: OpenApprovals): Promise<void> {
    if (!canAnswer || asking !== null || first === null) return;
    const withdraw = new AbortController();
    const done = ask(first, withdraw.signal);
    asking = { id: first.id, withdraw, done };
    await done;
    asking = null;
    if (!withdraw.signal.aborted) await askFirst(open);
  }

  return {
    get isOpen() {
      return canAnswer && (asking !== null || open.first !== null);
    },
    async see(event) {
      const closed = open.apply(event);
      if (asking === null || !closed.some(({ id }) => id === asking?.id)) return;
      asking.withdraw.abort();
      await asking.done;
    },
    settle: () => void askFirst(open),
    aside: async (print) => (line === null ? print() : line.aside(print)),
    async [Symbol.asyncDispose]() {
      asking?.withdraw.abort();
      await asking?.done;
    },
  };
}

function describeFailure(error: unknown): string {
  return `Answer not delivered: ${plainText(error instanceof Error ? error.message : String(error))}`;
}
