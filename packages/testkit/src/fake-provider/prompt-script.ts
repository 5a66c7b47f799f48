import { createHash } from "node:crypto";
import { contentText, type ChatMessage, type ChatRequest } from "./chat-request.ts";
import { parseDirective, words, type Directive } from "./prompt-directive.ts";
import { reply, text, type Reply } from "./reply.ts";

/** The directives of one model call. */
interface Turn {
  directives: Directive[];
  /** The last turn also answers every further call. */
  repeats: boolean;
}

/**
 * Answers by the last user message's lines; README.md lists them. A line that calls a tool ends a turn: the lines after
 * it answer the next call. The current turn follows from the number of assistant messages since the prompt, so the
 * script is stateless and survives a restart of either side. Only ` xN` counts identical calls.
 */
export function createPromptScript(): (request: ChatRequest) => Reply {
  const callsOf = new Map<string, number>();

  return ({ messages }) => {
    const promptIndex = messages.findLastIndex((message) => message.role === "user");
    const prompt = promptIndex < 0 ? "" : contentText(messages[promptIndex]!.content);
    const turns = parseTurns(prompt);
    if (turns.length === 0) return reply(text(...words(`You said: ${prompt}`)));

    const turnIndex = messages
      .slice(promptIndex + 1)
      .filter((message) => message.role === "assistant").length;
    const last = turns.at(-1)!;
    const turn = turns[turnIndex] ?? (last.repeats ? last : undefined);
    if (turn === undefined) return reply(text("Done."));

    const isCounted = turn.directives.some((directive) => directive.firstCalls !== undefined);
    const call = isCounted ? countCall(callsOf, messages) : 1;
    const active = turn.directives.filter(({ firstCalls }) => firstCalls === undefined || call <= firstCalls);
    return {
      steps: active.flatMap(({ steps }) => steps),
      cutAfterBytes: active.find((directive) => directive.cutAfterBytes !== undefined)?.cutAfterBytes,
    };
  };
}

function parseTurns(prompt: string): Turn[] {
  const turns: Turn[] = [];
  let current: Turn | undefined;
  for (const line of prompt.split("\n")) {
    const directive = parseDirective(line.trim());
    if (directive === null) continue;
    // `also:` belongs to the call before it, although that ended the turn.
    if (directive.joinsPreviousTurn && turns.length > 0 && current === undefined) {
      turns.at(-1)!.directives.push(directive);
      continue;
    }
    if (current === undefined) {
      current = { directives: [], repeats: false };
      turns.push(current);
    }
    current.directives.push(directive);
    current.repeats = directive.repeats ?? false;
    if (directive.endsTurn) current = undefined;
  }
  return turns;
}

function countCall(callsOf: Map<string, number>, messages: readonly ChatMessage[]): number {
  const key = createHash("sha256").update(JSON.stringify(messages)).digest("base64");
  const call = (callsOf.get(key) ?? 0) + 1;
  callsOf.set(key, call);
  return call;
}
