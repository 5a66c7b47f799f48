import { MAX_TITLE_LENGTH } from "@trunkline/contract";
import { InvalidArgumentError } from "commander";
import { LAST } from "./find-id.ts";

/** @throws InvalidArgumentError, which commander reports with the option's name */
export function parseWholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < min || value > max) {
      throw new InvalidArgumentError(`Use a whole number from ${min} to ${max}.`);
    }
    return value;
  };
}

/** A full id, or a prefix long enough to search for. */
const ID_OR_BEGINNING = /^[\da-f]{4}[\da-f-]{0,32}$/i;

/** @param listedBy the command that lists such ids @throws InvalidArgumentError */
export function parseId(listedBy: string): (text: string) => string {
  return (text) => {
    if (text === LAST || ID_OR_BEGINNING.test(text)) return text;
    throw new InvalidArgumentError(
      `Give an id, the first characters of one (at least 4), or ${LAST}. \`trunkline ${listedBy}\` lists them.`,
    );
  };
}

/** Collects an option that may be repeated or hold a comma-separated list. @throws InvalidArgumentError */
export function parseChoices<T extends string>(choices: readonly T[]): (text: string, before?: T[]) => T[] {
  return (text, before = []) => [
    ...before,
    ...text.split(",").map((part) => {
      const choice = choices.find((candidate) => candidate === part.trim());
      if (choice === undefined) throw new InvalidArgumentError(`Use one of ${choices.join(", ")}.`);
      return choice;
    }),
  ];
}

const SPAN_UNITS_MS: Readonly<Record<string, number>> = {
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** A duration such as `30d`. @returns it in ms @throws InvalidArgumentError */
export function parseSpan(text: string): number {
  const [, count = "", unit = ""] = /^([1-9]\d{0,4})([mhdw])$/.exec(text) ?? [];
  const unitMs = SPAN_UNITS_MS[unit];
  if (unitMs === undefined) throw new InvalidArgumentError("Use a number and m, h, d or w, e.g. 30d.");
  return Number(count) * unitMs;
}

/** @returns a valid session title @throws InvalidArgumentError */
export function parseTitle(text: string): string {
  const title = text.trim();
  if (title === "" || title.length > MAX_TITLE_LENGTH) {
    throw new InvalidArgumentError(`Use 1 to ${MAX_TITLE_LENGTH} characters.`);
  }
  return title;
}
