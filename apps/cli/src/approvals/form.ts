import {
  type AnswerQuestionInput,
  type FormField,
  formProblems,
  type FormValue,
  type QuestionForm,
  readFormValue,
} from "@trunkline/contract";
import { CommandError } from "../command-error.ts";
import { EXIT } from "../exit-code.ts";
import type { Colors } from "../terminal/output.ts";
import { oneLine } from "../terminal/plain-text.ts";

/** @returns the lines of a form below its question: each field with its name for `--value`. */
export function formatForm({ fields, url }: QuestionForm, colors: Colors): string[] {
  const page = url === undefined ? [] : [`  ${colors.bold(new URL(url).host)}: ${oneLine(url)}`];
  return [...page, ...fields.flatMap((field) => formatField(field, colors))];
}

function formatField(field: FormField, colors: Colors): string[] {
  const { name, title, description, required, options = [] } = field;
  const facts = [field.type === "choice" ? (field.multiple === true ? "choices" : "choice") : field.type];
  if (!required) facts.push("optional");
  if (field.default !== undefined) facts.push(`default ${shown(field.default)}`);
  const about = [title === name ? undefined : title, description].filter((text) => text !== undefined);
  const words = about.length === 0 ? "" : `  ${about.map(oneLine).join(": ")}`;
  return [
    `  ${colors.bold(oneLine(name))} ${colors.dim(`(${facts.join(", ")})`)}${words}`,
    ...options.map(({ value, label }, index) => {
      const known = value === label ? oneLine(label) : `${oneLine(label)} ${colors.dim(oneLine(value))}`;
      return `    ${index + 1}. ${known}`;
    }),
  ];
}

export function shown(value: FormValue): string {
  if (typeof value === "boolean") return value ? "yes" : "no";
  return oneLine([value].flat().join(", "));
}

/**
 * @param given `NAME=VALUE`; an empty value leaves a field out. What is not given has its default.
 * @throws CommandError if that is no answer to the form
 */
export function readForm({ fields }: QuestionForm, given: readonly string[]): AnswerQuestionInput["answer"] {
  const typed = new Map(given.map((one) => nameAndValue(one, fields)));
  const values = Object.fromEntries(
    fields.flatMap((field): [string, FormValue][] => {
      const text = typed.get(field.name);
      const value = text === undefined ? field.default : readFormValue(field, text);
      return value === undefined ? [] : [[field.name, value]];
    }),
  );
  const [problem] = formProblems(fields, values);
  if (problem === undefined) return { values };
  const name = oneLine(problem.field);
  throw new CommandError(EXIT.usage, `'${name}' ${problem.message}. Give it with --value ${name}=….`);
}

function nameAndValue(given: string, fields: readonly FormField[]): [string, string] {
  // A name may have an '=' itself.
  const field = fields.find(({ name }) => given.startsWith(`${name}=`));
  if (field !== undefined) return [field.name, given.slice(field.name.length + 1)];
  const known = fields.map(({ name }) => `'${oneLine(name)}'`).join(", ") || "none";
  throw new CommandError(EXIT.usage, `The form has no field for '${oneLine(given)}'. Its fields: ${known}.`);
}
