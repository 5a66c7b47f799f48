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

/** Answers of one call as the model reads them; null: all of its questions expired. */
export function answersText(answers: readonly { text: string; answer: string | null }[]): string | null {
  if (answers.every(({ answer }) => answer === null)) return null;
  const [first] = answers;
  if (answers.length === 1 && first !== undefined) return first.answer;
  return answers
    .map(({ text, answer }, index) => `${index + 1}. ${text}\n${answer ?? "Nobody answered this in time."}`)
    .join("\n\n");
}
