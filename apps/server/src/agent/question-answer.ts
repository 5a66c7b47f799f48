import type { EventDataOf, QuestionOption } from "@trunkline/contract";

/** An answer as the model reads it: the chosen labels, then the text. */
export function answerText(
  options: readonly QuestionOption[],
  { options: chosen = [], text = "" }: EventDataOf<"question.answered">["answer"],
): string {
  const labels = chosen.map((id) => options.find((option) => option.id === id)?.label ?? id);
  const lines = labels.length > 0 ? [`The user chose: ${labels.join(", ")}`] : [];
  if (text.trim() !== "")
    lines.push(labels.length > 0 ? `They added: ${text}` : `The user answered: ${text}`);
  return lines.length > 0 ? lines.join("\n") : "The user sent an empty answer.";
}

export const NOT_ANSWERED =
  "Nobody answered in time. Continue without the answer, or say what you need to know.";
