import type { LanguageModelV4Prompt, LanguageModelV4ToolResultPart } from "@ai-sdk/provider";
import { type DemoAction, parseDemoScript } from "./demo-script.ts";

type ToolResultOutput = LanguageModelV4ToolResultPart["output"];
type CallAction = Extract<DemoAction, { type: "call" }>;

/** One answer of the demo model. */
export interface DemoTurn {
  /** Text and pauses, in this order. */
  words: readonly Exclude<DemoAction, CallAction>[];
  /** Tool calls after that; none: the turn ends. */
  calls: readonly CallAction[];
  /** Calls of earlier steps with their results. */
  results: readonly { action: CallAction; output: ToolResultOutput }[];
  /** The prompt contains no command. */
  isLost: boolean;
}

/**
 * Depends only on the prompt: the last user message is the script, and the tool results after it show its progress. So
 * it resumes after a restart like any model.
 */
export function nextDemoTurn(prompt: LanguageModelV4Prompt): DemoTurn {
  const userIndex = prompt.findLastIndex(({ role }) => role === "user");
  const script = parseDemoScript(textOf(prompt[userIndex]));
  const outputs = prompt.slice(userIndex + 1).flatMap((message) => {
    if (message.role !== "tool") return [];
    return message.content.flatMap((part) => (part.type === "tool-result" ? [part.output] : []));
  });

  const calls = script.filter((action) => action.type === "call");
  const results = calls.slice(0, outputs.length).flatMap((action, index) => {
    const output = outputs[index];
    return output === undefined ? [] : [{ action, output }];
  });
  const lastDone = results.at(-1);
  const rest = lastDone === undefined ? script : script.slice(script.indexOf(lastDone.action) + 1);
  const firstCall = rest.findIndex(({ type }) => type === "call");
  if (firstCall < 0) return { words: rest.filter(isWords), calls: [], results, isLost: script.length === 0 };
  const afterCalls = rest.findIndex(({ type }, index) => index > firstCall && type !== "call");
  return {
    words: rest.slice(0, firstCall).filter(isWords),
    calls: rest
      .slice(firstCall, afterCalls < 0 ? undefined : afterCalls)
      .filter((action) => action.type === "call"),
    results,
    isLost: false,
  };
}

function isWords(action: DemoAction): action is Exclude<DemoAction, CallAction> {
  return action.type !== "call";
}

function textOf(message: LanguageModelV4Prompt[number] | undefined): string {
  if (message?.role !== "user") return "";
  return message.content.map((part) => (part.type === "text" ? part.text : "")).join("\n");
}
