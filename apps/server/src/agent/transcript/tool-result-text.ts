import type { LanguageModelV4ToolResultPart } from "@ai-sdk/provider";
import type { ToolCall } from "@trunkline/contract";
import type { ToolEnded } from "./turn.ts";

type ToolResultOutput = LanguageModelV4ToolResultPart["output"];

/** An ended call's result for the model. Never empty: some providers reject an empty result. */
export function toolResultOutput(ended: ToolEnded): ToolResultOutput {
  switch (ended.status) {
    case "succeeded":
      return { type: "text", value: ended.output === "" ? "(no output)" : ended.output };
    case "failed":
      return { type: "error-text", value: withNote(ended.output, failureNote(ended)) };
    case "denied":
      return { type: "execution-denied", reason: ended.output === "" ? undefined : ended.output };
    case "interrupted":
      return {
        type: "error-text",
        value: withNote(
          ended.output,
          "[interrupted: the server stopped while this call ran. It may have taken effect in part or in full; check before you repeat it]",
        ),
      };
    case "canceled":
      return {
        type: "error-text",
        value: withNote(ended.output, "[canceled: this call was stopped before it ended]"),
      };
  }
}

/** Result for a call that never started, in a task that has ended. */
export const NOT_EXECUTED: ToolResultOutput = {
  type: "error-text",
  value: "[canceled: this call was never executed]",
};

/** A call's input for a prompt. Anything but an object is wrapped into one, because providers reject the rest. */
export function promptInput(call: ToolCall): unknown {
  const { input } = call;
  const isObject = typeof input === "object" && input !== null && !Array.isArray(input);
  return isObject ? input : { invalidInput: input };
}

function failureNote({ exitCode }: ToolEnded): string {
  return typeof exitCode === "number" ? `[exit code ${exitCode}]` : "[failed]";
}

function withNote(output: string, note: string): string {
  return output === "" ? note : `${output.trimEnd()}\n${note}`;
}
