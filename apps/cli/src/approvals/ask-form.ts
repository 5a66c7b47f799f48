import {
  type AnswerQuestionInput,
  type FormField,
  formProblems,
  type FormValue,
  type QuestionForm,
  readFormValue,
} from "@trunkline/contract";
import { askLine, type Answer } from "../terminal/ask-line.ts";
import { oneLine } from "../terminal/plain-text.ts";
import type { Terminal } from "../terminal/terminal.ts";
import type { AnswerOptions } from "./ask-answer.ts";
import { shown } from "./form.ts";

type Filled = { kind: "filled"; answer: AnswerQuestionInput["answer"] } | Exclude<Answer, { kind: "line" }>;

/** Asks whether to fill in a form that is shown above, then for its fields. */
export async function askForm(
  terminal: Terminal,
  { fields, url }: QuestionForm,
  options: AnswerOptions,
): Promise<Filled> {
  const question = url !== undefined ? "Done?" : fields.length > 0 ? "Fill it in?" : "Agree?";
  const agreed = await askUntil(terminal, `${question} [y]es, [n]o (declines): `, options, (text) => {
    const is = (word: string): boolean => text !== "" && word.startsWith(text.toLowerCase());
    if (is("yes")) return { value: true };
    return is("no") ? { value: false } : { problem: "Answer yes or no." };
  });
  if (agreed.kind !== "value") return agreed;
  if (!agreed.value) return { kind: "filled", answer: { declined: true } };
  const values: Record<string, FormValue> = {};
  for (const field of fields) {
    const given = await askUntil(terminal, promptOf(field), options, (text) => valueIn(field, text));
    if (given.kind !== "value") return given;
    if (given.value !== undefined) values[field.name] = given.value;
  }
  return { kind: "filled", answer: { values } };
}

function promptOf({ name, title, required, default: initial }: FormField): string {
  const empty = initial !== undefined ? ` [${shown(initial)}]` : required ? "" : " (optional)";
  return `${oneLine(title ?? name)}${empty}: `;
}

function valueIn(field: FormField, text: string): { value: FormValue | undefined } | { problem: string } {
  const value = text === "" ? field.default : readFormValue(field, text);
  const [problem] = formProblems([field], value === undefined ? {} : { [field.name]: value });
  return problem === undefined ? { value } : { problem: `It ${problem.message}.` };
}

/** Asks again until the line can be read. */
async function askUntil<T>(
  terminal: Terminal,
  prompt: string,
  { signal, onLine }: AnswerOptions,
  read: (text: string) => { value: T } | { problem: string },
): Promise<{ kind: "value"; value: T } | Exclude<Answer, { kind: "line" }>> {
  for (;;) {
    const line = askLine(terminal, prompt, { signal, paste: true });
    onLine?.(line);
    const answer = await line.answer;
    if (answer.kind !== "line") return answer;
    const outcome = read(answer.text.trim());
    if ("value" in outcome) return { kind: "value", value: outcome.value };
    await terminal.err.write(`${outcome.problem}\n`);
  }
}
