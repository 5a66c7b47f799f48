/** What people, models and programs send each other is far flatter; an imported session's events may be 72 deep. */
export const MAX_JSON_DEPTH = 128;

/** A shorter text is parsed within a few milliseconds, however deep it goes. */
const SHORT_LENGTH = 16_384;

const [QUOTE, BACKSLASH] = [0x22, 0x5c];
const [OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET] = [0x7b, 0x7d, 0x5b, 0x5d];

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
    else if (unit === OPEN_BRACE || unit === OPEN_BRACKET) {
      depth += 1;
      if (depth > MAX_JSON_DEPTH) return true;
    } else if (unit === CLOSE_BRACE || unit === CLOSE_BRACKET) depth -= 1;
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
