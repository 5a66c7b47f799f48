import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4Content,
  LanguageModelV4StreamPart,
  LanguageModelV4Usage,
} from "@ai-sdk/provider";
import { type DemoTurn, nextDemoTurn } from "./demo-turn.ts";
import { DEMO_HELP, DEMO_LABEL, summarize } from "./demo-words.ts";

export const DEMO_MODEL_NAME = "demo";

/** Pause between two words, in ms: slow enough that streaming can be seen. */
const WORD_DELAY_MS = 20;

export interface DemoModelOptions {
  wordDelayMs?: number;
  /** Resolves after `ms`; rejects when the signal aborts. */
  sleep?: (ms: number, signal: AbortSignal | undefined) => Promise<void>;
}

const NEVER_SPENT: LanguageModelV4Usage = {
  inputTokens: { total: 0, noCache: 0, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 0, text: 0, reasoning: 0 },
};

/** A scripted model that needs no key, so that the whole of Trunkline can be seen and tested with nothing installed. */
export function createDemoModel(options: DemoModelOptions = {}): LanguageModelV4 {
  const wordDelayMs = options.wordDelayMs ?? WORD_DELAY_MS;
  const sleep = options.sleep ?? ((ms, signal) => wait(ms, undefined, { signal }));

  async function* speak({
    prompt,
    abortSignal,
  }: LanguageModelV4CallOptions): AsyncGenerator<LanguageModelV4StreamPart, void> {
    yield { type: "stream-start", warnings: [] };
    const turn = nextDemoTurn(prompt);
    if (turn.words.length > 0 || turn.calls.length === 0) {
      yield { type: "text-start", id: "0" };
      for await (const delta of words(turn, abortSignal)) yield { type: "text-delta", id: "0", delta };
      yield { type: "text-end", id: "0" };
    }
    for (const { tool, input } of turn.calls) {
      yield {
        type: "tool-call",
        toolCallId: `demo-${randomUUID()}`,
        toolName: tool,
        input: JSON.stringify(input),
      };
    }
    const unified = turn.calls.length > 0 ? "tool-calls" : "stop";
    yield { type: "finish", usage: NEVER_SPENT, finishReason: { unified, raw: unified } };
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

  return {
    specificationVersion: "v4",
    provider: "trunkline",
    modelId: DEMO_MODEL_NAME,
    supportedUrls: {},
    async doStream(callOptions) {
      return { stream: ReadableStream.from(speak(callOptions)) };
    },
    async doGenerate(callOptions) {
      const content: LanguageModelV4Content[] = [];
      let text = "";
      for await (const part of speak(callOptions)) {
        if (part.type === "text-delta") text += part.delta;
        else if (part.type === "tool-call") content.push(part);
        else if (part.type === "finish") {
          if (text !== "") content.unshift({ type: "text", text });
          return { content, finishReason: part.finishReason, usage: part.usage, warnings: [] };
        }
      }
      throw new Error("the demo model ended without an answer");
    },
  };
}
