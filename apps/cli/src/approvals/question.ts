import { inputText, type ToolCall } from "@trunkline/contract";

/** A call that asks its user something waits like one that needs an approval; the note of the answer is the answer. */
export function isQuestion({ tool }: Pick<ToolCall, "tool">): boolean {
  return tool === "ask_user";
}

export function questionText({ input }: Pick<ToolCall, "input">): string {
  return inputText(input, "question");
}
