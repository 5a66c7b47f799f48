import { inputText, type QuestionForm, type QuestionOption, type ToolCall } from "@trunkline/contract";
import { formatForm } from "./form.ts";
import type { Colors } from "../terminal/output.ts";
import { oneLine, plainText } from "../terminal/plain-text.ts";

/** In older logs a question is stored as an approval whose note is the answer. */
export function isQuestion({ tool }: Pick<ToolCall, "tool">): boolean {
  return tool === "ask_user";
}

export function questionText({ input }: Pick<ToolCall, "input">): string {
  return inputText(input, "question");
}

/** @returns the lines of the question, with numbered options. */
export function formatQuestion(
  {
    text,
    options,
    form,
  }: { text: string; options: readonly QuestionOption[]; form?: QuestionForm | undefined },
  colors: Colors,
): string[] {
  const [first = "", ...others] = plainText(text).split("\n");
  return [
    `${colors.yellow("?")} ${colors.bold(first)}`,
    ...others.map((line) => `  ${line}`),
    ...options.map(({ label, description }, index) => {
      const more = description === undefined ? "" : `  ${colors.dim(oneLine(description))}`;
      return `  ${index + 1}. ${oneLine(label)}${more}`;
    }),
    ...(form === undefined ? [] : formatForm(form, colors)),
  ];
}
