/** C0 and C1 controls, line separators, and bidirectional controls (Unicode, "Bidi_Control"). */
// eslint-disable-next-line no-control-regex
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/**
 * Makes foreign text (file names, addresses, error messages) safe for a terminal line: no colour, title, link, or
 * second line that looks like a log entry. Uses JSON escapes, so a line of JSON stays one.
 */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (character) => SHORT[character] ?? hex(character));
}

const SHORT: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

function hex(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
