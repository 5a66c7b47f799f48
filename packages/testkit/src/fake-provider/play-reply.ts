import assert from "node:assert/strict";
import { setTimeout as wait } from "node:timers/promises";
import type { Answer } from "./answer.ts";
import type { Pacer } from "./pacer.ts";
import type { Reply, Step, TokenUsage } from "./reply.ts";
import type { ResponseBody } from "./response-body.ts";
import { stampToken } from "./token-stamp.ts";

export interface Exchange {
  body: ResponseBody;
  answer: Answer;
  pacer: Pacer;
  /** Part of the default ids of tool calls. */
  callId: string;
  /** Token count of the request; the completion's are counted while playing. */
  promptTokens: number;
}

interface Progress {
  toolCalls: number;
  usage: TokenUsage;
  usageIsGiven: boolean;
  finishReason: string | null | undefined;
}

/** Plays a reply to its end or the end of the connection, whichever comes first. */
export async function playReply(reply: Reply, exchange: Exchange): Promise<void> {
  const { body, answer } = exchange;
  const progress: Progress = {
    toolCalls: 0,
    usage: { promptTokens: exchange.promptTokens, completionTokens: 0, reasoningTokens: 0 },
    usageIsGiven: false,
    finishReason: undefined,
  };
  for (const step of reply.steps) {
    if (body.signal.aborted) return;
    await playStep(step, exchange, progress);
    await body.drained();
  }
  if (body.signal.aborted) return;
  const regular = progress.toolCalls > 0 ? "tool_calls" : "stop";
  answer.finish(progress.finishReason === undefined ? regular : progress.finishReason, progress.usage);
}

async function playStep(step: Step, exchange: Exchange, progress: Progress): Promise<void> {
  const { body, answer } = exchange;
  switch (step.type) {
    case "open":
      return answer.open();
    case "text":
      for (const piece of step.pieces) {
        answer.text(piece);
        await body.drained();
      }
      return count(progress, step.pieces.length);
    case "reasoning":
      for (const piece of step.pieces) {
        answer.reasoning(piece);
        await body.drained();
      }
      if (!progress.usageIsGiven) progress.usage.reasoningTokens! += step.pieces.length;
      return count(progress, step.pieces.length);
    case "tool-call": {
      const index = progress.toolCalls++;
      answer.toolCall(index, step.id ?? `call_${exchange.callId}_${index}`, step.name);
      for (const fragment of step.fragments) answer.toolCallArguments(index, fragment);
      return count(progress, step.fragments.length);
    }
    case "tokens":
      await exchange.pacer.run({
        count: step.count,
        perSecond: step.perSecond,
        signal: body.signal,
        hasRoom: () => body.hasRoom,
        emit: (from, to) =>
          answer.plainTokens(Array.from({ length: to - from }, (_, i) => stampToken(from + i))),
      });
      return count(progress, step.count);
    case "delay":
      // The connection may end during a wait; the rest of the reply is then skipped.
      return wait(step.ms, undefined, { signal: body.signal }).catch(() => undefined);
    case "until":
      await Promise.race([step.promise, body.ended]);
      return;
    case "usage":
      progress.usage = step.usage;
      progress.usageIsGiven = true;
      return;
    case "finish":
      progress.finishReason = step.reason;
      return;
    case "http-error":
      assert(!body.isOpen, "httpError() must come before every step that writes");
      body.open(step.status, { "content-type": "application/json", ...step.headers });
      body.write(step.body);
      return body.end("refused");
    case "raw":
      return answer.raw(step.bytes);
    case "cut":
      return body.cut();
    case "end":
      answer.open();
      return body.end("answered");
    case "stall":
      await body.ended;
  }
}

function count(progress: Progress, tokens: number): void {
  if (!progress.usageIsGiven) progress.usage.completionTokens += tokens;
}
