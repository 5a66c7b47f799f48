// oxlint-disable no-control-regex -- they are what this file is about
/**
 * Of what a program can tell a terminal beside its text, colours and emphasis are kept, and nothing else. What moves the
 * cursor, names the window, makes a link or hides text would show somebody less than the model was given, or something
 * else (ECMA-48; the names below are its own).
 */
export function keepColours(text: string): string {
  if (!CONTROL.test(text)) return text;
  return text
    .replaceAll(STRING, "")
    .replaceAll(SEQUENCE, (_, parameters: string, final: string) =>
      final === "m" ? colours(parameters) : "",
    )
    .replaceAll(OTHER_ESCAPE, "")
    .replaceAll(OVERSTRUCK, "")
    .replaceAll(STRAY, "");
}

const CONTROL = /[\u0000-\u0008\u000B-\u000C\u000E-\u001F\u007F-\u009F]/;
/** OSC (titles, links), DCS, SOS, PM and APC, up to their end on the same line. The text of a link stands after it. */
const STRING = /\u001B[\]PX^_][^\u0007\u001B\u009C\n]*(?:\u0007|\u001B\\|\u009C)/g;
/** CSI: parameters, intermediates, and the letter that says what it is. */
const SEQUENCE = /(?:\u001B\[|\u009B)([\u0030-\u003F]*)[\u0020-\u002F]*([\u0040-\u007E])/g;
const OTHER_ESCAPE = /\u001B[\u0020-\u002F]+[\u0030-\u007E]|\u001B[\u0030-\u005A\u005C-\u007E]/g;
/** Bold and underlined text of manual pages: a letter, a step back, and what is printed over it. */
const OVERSTRUCK = /[^\n\u001B]\u0008/g;
/** What is left of them, but for the sequences that were kept. */
const STRAY = /[\u0000-\u0008\u000B\u000C\u000E-\u001A\u001C-\u001F\u007F-\u009F]|\u001B(?!\[[\d;]*m)/g;

const HIDDEN = 8;
/** `38;5;N` and `38;2;R;G;B`, also for the background (48) and the underline (58). */
const WIDE = /^(?:[345]8;(?:5;\d{1,3}|2;\d{1,3};\d{1,3};\d{1,3}))(?=;|$)/;
/** More are no colours any more. */
const MAX_PARAMETERS = 120;

/** Each wide colour as a sequence of its own, which is how the renderer knows it; never text that cannot be seen. */
function colours(parameters: string): string {
  if (!/^[\d;]*$/.test(parameters) || parameters.length > MAX_PARAMETERS) return "";
  let result = parameters === "" ? "\u001B[0m" : "";
  for (let rest = parameters; rest !== "";) {
    const one = WIDE.exec(rest)?.[0] ?? /^\d*/.exec(rest)?.[0] ?? "";
    if (one.includes(";") || Number(one) !== HIDDEN) result += `\u001B[${one === "" ? "0" : one}m`;
    rest = rest.slice(one.length + 1);
  }
  return result;
}
