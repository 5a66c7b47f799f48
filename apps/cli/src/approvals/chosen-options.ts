import { type AnswerQuestionInput, formValuesText, type QuestionOption } from "@trunkline/contract";

type Answer = AnswerQuestionInput["answer"];

/** A question's options. */
export interface Choices {
  options: readonly QuestionOption[];
  multiple: boolean;
}

/** Parses typed input: option numbers as listed, or option names; anything else is a free-text answer. */
export function readAnswer(typed: string, { options, multiple }: Choices): Answer {
  const parts = typed.split(/[,\s]+/).filter((part) => part !== "");
  const numbered = parts.map((part) => (/^\d+$/.test(part) ? options[Number(part) - 1] : undefined));
  const chosen = numbered.flatMap((option) => option?.id ?? []);
  if (chosen.length === parts.length && (multiple || chosen.length === 1))
    return { options: [...new Set(chosen)] };
  const named = findOption(typed, options);
  return named === undefined ? { text: typed } : { options: [named.id] };
}

/** @returns the option with this id or label, ignoring case */
export function findOption(name: string, options: readonly QuestionOption[]): QuestionOption | undefined {
  const wanted = name.trim().toLowerCase();
  return options.find(({ id, label }) => id.toLowerCase() === wanted || label.toLowerCase() === wanted);
}

/** @returns the answer as text, with option labels */
export function describeAnswer(
  { options = [], text, values, declined }: Answer,
  offered: readonly QuestionOption[],
): string {
  if (declined === true) return "declined";
  if (values !== undefined) return formValuesText([], values) || "accepted";
  const labels = options.map((id) => offered.find((option) => option.id === id)?.label ?? id);
  return [...labels, ...(text === undefined ? [] : [text])].join(", ");
}
