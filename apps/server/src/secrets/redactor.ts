import type { RedactedStream, Redactor } from "./port.ts";

const REDACTED = "[redacted]";

/** Our own tokens (auth/secret.ts): nobody has to know them to find them. */
const TOKEN = "tl_[A-Za-z0-9_-]{43}";
const TOKEN_LENGTH = 46;
/** The beginning of one, at the end of a text. */
const BEGUN_TOKEN = /t(?:l(?:_[A-Za-z0-9_-]{0,42})?)?$/;

/** Shorter ones would tear holes into ordinary words. */
const MIN_SECRET_LENGTH = 8;

/**
 * Redacts secrets by their value, as they are and as JSON and URLs spell them, and our own tokens by their form. It is
 * there for accidents: a command that prints its environment, a provider that quotes its request. Somebody who wants a
 * secret out can spell it in ways that nobody foresees, so those are kept where no tool can read them.
 * @param secrets e.g. provider keys; those of fewer than 8 characters are not looked for.
 */
export function createRedactor(secrets: readonly string[]): Redactor {
  const known = [...new Set(secrets.filter(({ length }) => length >= MIN_SECRET_LENGTH).flatMap(spellings))]
    // Where one begins with another, all of it goes.
    .toSorted((a, b) => b.length - a.length);
  const pattern = new RegExp([...known.map((secret) => RegExp.escape(secret)), TOKEN].join("|"), "g");
  const redact = (text: string): string => text.replace(pattern, REDACTED);

  const begunLength = (text: string): number => {
    const token = BEGUN_TOKEN.exec(text.slice(1 - TOKEN_LENGTH))?.[0].length ?? 0;
    return Math.max(token, ...known.map((secret) => overlapLength(text, secret)));
  };

  return {
    redact,
    stream(): RedactedStream {
      let waiting = "";
      return {
        push(piece) {
          const text = redact(waiting + piece);
          const end = text.length - begunLength(text);
          waiting = text.slice(end);
          return text.slice(0, end);
        },
        end() {
          const rest = waiting;
          waiting = "";
          return rest;
        },
      };
    },
  };
}

function spellings(secret: string): string[] {
  return [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)];
}

/** @returns how many characters at the text's end are the beginning of the secret, and not all of it. */
function overlapLength(text: string, secret: string): number {
  for (let length = Math.min(text.length, secret.length - 1); length > 0; length--) {
    if (text.endsWith(secret.slice(0, length))) return length;
  }
  return 0;
}
