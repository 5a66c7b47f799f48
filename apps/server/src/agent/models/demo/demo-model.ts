import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import type { AnswerPart, Model, ModelCallContext, ModelRequest } from "../../model.ts";
import { type DemoTurn, nextDemoTurn } from "./demo-turn.ts";
import { DEMO_HELP, DEMO_LABEL, summarize } from "./demo-words.ts";

export const DEMO_MODEL_NAME = "demo";

/** Pause between words, in ms: slow enough to see the streaming. */
const WORD_DELAY_MS = 20;

export interface DemoModelOptions {
  wordDelayMs?: number;
  /** Resolves after `ms`; rejects when the signal aborts. */
  sleep?: (ms: number, signal: AbortSignal | undefined) => Promise<void>;
}

const NEVER_SPENT = { inputTokens: 0, outputTokens: 0 };

/** A scripted model without a key, so that everything can be seen and tested with nothing installed. */
export function createDemoModel(options: DemoModelOptions = {}): Model {
  const wordDelayMs = options.wordDelayMs ?? WORD_DELAY_MS;
  const sleep = options.sleep ?? ((ms, signal) => wait(ms, undefined, { signal }));

  async function* speak(
    { prompt }: ModelRequest,
    { signal }: ModelCallContext,
  ): AsyncGenerator<readonly AnswerPart[], void, undefined> {
    const turn = nextDemoTurn(prompt);
    if (turn.words.length > 0 || turn.calls.length === 0) {
      for await (const text of words(turn, signal)) yield [{ type: "text", id: "0", text }];
      yield [{ type: "block-end", kind: "text", id: "0" }];
    }
    const calls = turn.calls.map(({ tool, input }) => ({
      type: "call" as const,
      callId: `demo-${randomUUID()}`,
      name: tool,
      input: JSON.stringify(input),
    }));
    const finishReason = calls.length > 0 ? "tool-calls" : "stop";
    yield [...calls, { type: "finish", finishReason, usage: NEVER_SPENT }];
  }

  async function* words(turn: DemoTurn, signal: AbortSignal | undefined): AsyncGenerator<string, void> {
    if (turn.isLost) return yield* paced(DEMO_HELP, signal);
    yield DEMO_LABEL;
    for (const action of turn.words) {
      if (action.type === "say") {
        yield* paced(` ${action.text}`, signal);
      } else {
        yield " ";
        for (let left = action.seconds; left > 0; left--) {
          await sleep(Math.min(1, left) * 1_000, signal);
          yield ".";
        }
      }
    }
    if (turn.calls.length === 0 && turn.results.length > 0) yield* paced(` ${summarize(turn)}`, signal);
  }

  async function* paced(text: string, signal: AbortSignal | undefined): AsyncGenerator<string, void> {
    for (const word of text.match(/\s*\S+\s*$|\s*\S+/g) ?? [text]) {
      if (wordDelayMs > 0) await sleep(wordDelayMs, signal);
      signal?.throwIfAborted();
      yield word;
    }
  }

  return { modelId: DEMO_MODEL_NAME, ask: async (request, call) => speak(request, call) };
}
