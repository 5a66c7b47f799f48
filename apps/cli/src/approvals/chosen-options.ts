import type { AnswerQuestionInput, QuestionOption } from "@trunkline/contract";

type Answer = AnswerQuestionInput["answer"];

/** What a question offers to choose from. */
export interface Choices {
  options: readonly QuestionOption[];
  multiple: boolean;
}

/**
 * Reads what somebody typed: the numbers of options as the question lists them, or their names; anything else is an
 * answer in words.
 */
export function readAnswer(typed: string, { options, multiple }: Choices): Answer {
  const parts = typed.split(/[,\s]+/).filter((part) => part !== "");
  const numbered = parts.map((part) => (/^\d+$/.test(part) ? options[Number(part) - 1] : undefined));
  const chosen = numbered.flatMap((option) => option?.id ?? []);
  if (chosen.length === parts.length && (multiple || chosen.length === 1))
    return { options: [...new Set(chosen)] };
  const named = findOption(typed, options);
  return named === undefined ? { text: typed } : { options: [named.id] };
}

/** @returns the option with this id or label, whatever the case */
export function findOption(name: string, options: readonly QuestionOption[]): QuestionOption | undefined {
  const wanted = name.trim().toLowerCase();
  return options.find(({ id, label }) => id.toLowerCase() === wanted || label.toLowerCase() === wanted);
}

/** @returns the answer in words, with options by what they are called */
export function describeAnswer({ options = [], text }: Answer, offered: readonly QuestionOption[]): string {
  const labels = options.map((id) => offered.find((option) => option.id === id)?.label ?? id);
  return [...labels, ...(text === undefined ? [] : [text])].join(", ");
}
