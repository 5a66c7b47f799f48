import type { FormField, FormValue } from "../form.ts";

export interface FormProblem {
  /** Name of the field. */
  field: string;
  /** A sentence without its subject, e.g. `must be a whole number`. */
  message: string;
}

/** @returns what keeps values from being an answer to a form; empty: nothing. */
export function formProblems(
  fields: readonly FormField[],
  values: Readonly<Record<string, FormValue>>,
): FormProblem[] {
  const known = new Set(fields.map(({ name }) => name));
  const unknown = Object.keys(values).filter((name) => !known.has(name));
  return [
    ...unknown.map((field) => ({ field, message: "is not in the form" })),
    ...fields.flatMap((field) => {
      const value = Object.hasOwn(values, field.name) ? values[field.name] : undefined;
      const message = value === undefined ? missing(field) : problemOf(field, value);
      return message === null ? [] : [{ field: field.name, message }];
    }),
  ];
}

function missing({ required }: FormField): string | null {
  return required ? "is required" : null;
}

function problemOf(field: FormField, value: FormValue): string | null {
  switch (field.type) {
    case "boolean":
      return typeof value === "boolean" ? null : "must be yes or no";
    case "number":
    case "integer":
      return numberProblem(field, value);
    case "choice":
      return choiceProblem(field, value);
    case "text":
      return textProblem(field, value);
    default:
      // Of a newer server, which looks itself.
      return null;
  }
}

function numberProblem({ type, minimum, maximum }: FormField, value: FormValue): string | null {
  if (typeof value !== "number") return "must be a number";
  if (type === "integer" && !Number.isInteger(value)) return "must be a whole number";
  if (minimum !== undefined && value < minimum) return `must be at least ${minimum}`;
  return maximum !== undefined && value > maximum ? `must be at most ${maximum}` : null;
}

function choiceProblem({ options = [], multiple, minimum, maximum }: FormField, value: FormValue) {
  if (multiple === true ? !Array.isArray(value) : typeof value !== "string") {
    return multiple === true ? "must be a list of choices" : "must be one of its choices";
  }
  const chosen = [value].flat() as string[];
  if (chosen.some((one) => !options.some((option) => option.value === one))) {
    return `must be of: ${options.map((option) => option.value).join(", ")}`;
  }
  if (new Set(chosen).size < chosen.length) return "must name each choice once";
  if (multiple !== true) return null;
  if (minimum !== undefined && chosen.length < minimum) return `needs at least ${minimum} choices`;
  return maximum !== undefined && chosen.length > maximum ? `takes at most ${maximum} choices` : null;
}

/** As `<input>` checks them (WHATWG HTML); dates by RFC 3339. */
const FORMATS = {
  email: {
    fits: (text: string) => /^[\w.!#$%&'*+/=?^`{|}~-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)*$/i.test(text),
    message: "must be an email address",
  },
  uri: { fits: (text: string) => URL.canParse(text), message: "must be a URL" },
  date: { fits: isDate, message: "must be a date such as 2026-01-31" },
  "date-time": {
    fits: (text: string) =>
      isDate(text.slice(0, 10)) &&
      /^T\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/i.test(text.slice(10)) &&
      !Number.isNaN(Date.parse(text)),
    message: "must be a time such as 2026-01-31T12:00:00Z",
  },
};

function isDate(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`);
  return (
    /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(date.valueOf()) && date.toISOString().startsWith(text)
  );
}

function textProblem({ format, minimum, maximum }: FormField, value: FormValue): string | null {
  if (typeof value !== "string") return "must be a text";
  const length = Array.from(value).length;
  if (minimum !== undefined && length < minimum) return `needs at least ${minimum} characters`;
  if (maximum !== undefined && length > maximum) return `takes at most ${maximum} characters`;
  if (format === undefined || FORMATS[format].fits(value)) return null;
  return FORMATS[format].message;
}

/**
 * What somebody typed into a field, as its value; undefined: nothing, so it is left out. What can't be read stays a text,
 * for `formProblems` to find. Several choices are separated by commas.
 */
export function readFormValue(field: FormField, typed: string): FormValue | undefined {
  const text = typed.trim();
  if (text === "") return undefined;
  switch (field.type) {
    case "number":
    case "integer":
      return Number.isNaN(Number(text)) ? text : Number(text);
    case "boolean":
      if (/^(?:y|yes|true|on|1)$/i.test(text)) return true;
      return /^(?:n|no|false|off|0)$/i.test(text) ? false : text;
    case "choice":
      if (field.multiple !== true) return valueOf(field, text);
      return text.split(",").map((part) => valueOf(field, part.trim()));
    case "text":
    default:
      return typed;
  }
}

/** By its value, its label or its number as listed. */
function valueOf({ options = [] }: FormField, text: string): string {
  const same = (other: string): boolean => other.toLowerCase() === text.toLowerCase();
  const found =
    options.find(({ value }) => value === text) ??
    options.find(({ value, label }) => same(value) || same(label)) ??
    (/^\d+$/.test(text) ? options[Number(text) - 1] : undefined);
  return found?.value ?? text;
}

/** A form's values as one text, for people and for the model. */
export function formValuesText(
  fields: readonly FormField[],
  values: Readonly<Record<string, FormValue>>,
): string {
  const nameOf = (name: string): string => fields.find((field) => field.name === name)?.title ?? name;
  return Object.entries(values)
    .map(([name, value]) => `${nameOf(name)}: ${shownValue(value)}`)
    .join(", ");
}

function shownValue(value: FormValue): string {
  if (typeof value === "boolean") return value ? "yes" : "no";
  return Array.isArray(value) ? value.join(" + ") : String(value);
}
