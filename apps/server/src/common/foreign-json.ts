/** What people, models and programs send each other is far flatter; an imported session's events may be 72 deep. */
export const MAX_JSON_DEPTH = 128;

/** A shorter text is parsed within a few milliseconds, however deep it goes. */
const SHORT_LENGTH = 16_384;

const [NEWLINE, RETURN, QUOTE, BACKSLASH, COMMA] = [0x0a, 0x0d, 0x22, 0x5c, 0x2c];
const [OPEN_OBJECT, CLOSE_OBJECT, OPEN_LIST, CLOSE_LIST] = [0x7b, 0x7d, 0x5b, 0x5d];

/**
 * Parses what comes from outside. Nothing but brackets within brackets takes ten times as long as any other text, half a second
 * for a megabyte, in which nobody else has a turn.
 *
 * @throws SyntaxError if it is not JSON, or nested too deep
 */
export function parseForeignJson(text: string): unknown {
  if (isTooDeep(text)) throw new SyntaxError(`JSON is nested more than ${MAX_JSON_DEPTH} levels deep`);
  return JSON.parse(text) as unknown;
}

/** Whether a text, if it is JSON, has more levels than are parsed. Linear, a fraction of what parsing takes. */
export function isTooDeep(text: string): boolean {
  if (text.length <= SHORT_LENGTH) return false;
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit === QUOTE) at = endOfString(text, at);
    else if (unit === OPEN_OBJECT || unit === OPEN_LIST) {
      depth += 1;
      if (depth > MAX_JSON_DEPTH) return true;
    } else if (unit === CLOSE_OBJECT || unit === CLOSE_LIST) depth -= 1;
  }
  return false;
}

/** @returns the place of the closing quote; the text's length if there is none. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit === QUOTE) return at;
    if (unit === BACKSLASH) at += 1;
  }
  return text.length;
}

/** Values of a message beyond which it is none: many small ones take a hundred times as long to parse as one text. */
export const MAX_VALUES = 100_000;

/** Whether a message has so many values that parsing it would keep the loop from everybody else. */
export function hasTooManyValues(line: string): boolean {
  return line.length > MAX_VALUES && valuesIn(line) > MAX_VALUES;
}

export function valuesIn(line: string): number {
  const count = new ValueCount();
  for (let at = 0; at < line.length; at++) count.take(line.charCodeAt(at));
  return count.values;
}

/** Counts the values of JSON as it comes, by its characters or its bytes. */
export class ValueCount {
  values = 0;
  #isText = false;
  #isEscaped = false;

  take(code: number): void {
    // No text of JSON has a line break in it.
    if (code === NEWLINE || code === RETURN) this.#isText = this.#isEscaped = false;
    else if (this.#isEscaped) this.#isEscaped = false;
    else if (code === QUOTE) this.#isText = !this.#isText;
    else if (this.#isText) this.#isEscaped = code === BACKSLASH;
    else if (code === COMMA || code === OPEN_LIST || code === OPEN_OBJECT) this.values += 1;
  }
}
