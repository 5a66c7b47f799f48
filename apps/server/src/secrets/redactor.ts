import type { RedactedStream, Redactor } from "./port.ts";

const REDACTED = "[redacted]";

/** Our own tokens (auth/secret.ts) are recognised by their form. */
const TOKEN = "tl_[A-Za-z0-9_-]{43}";
const TOKEN_LENGTH = 46;
/** The start of one, at the end of a text. */
const BEGUN_TOKEN = /t(?:l(?:_[A-Za-z0-9_-]{0,42})?)?$/;

/** Shorter ones are found in ordinary words. */
const MIN_SECRET_LENGTH = 8;
/** Words and numbers of this length are nobody's ordinary ones. */
const MIN_WORD_LENGTH = 16;
/** Shorter ones mean nothing beside `password=` either. */
const MIN_GUARDED_LENGTH = 4;

/**
 * Whether a secret is short, a word or a number: `postgres`, `trunkline`, `disabled`. Redacted wherever it stands, it would break
 * texts, names of branches and figures, and tell by the holes what it is.
 */
export function isOrdinary(secret: string): boolean {
  if (secret.length < MIN_SECRET_LENGTH) return true;
  return secret.length < MIN_WORD_LENGTH && /^(?:[\p{L}\s._-]+|\d+)$/u.test(secret);
}

/** Where an ordinary one is a secret for sure. */
function guardedPlaces(secret: string): [found: string, redacted: string][] {
  const names = ["password=", "PASSWORD=", "Password="];
  return spellings(secret).flatMap((spelling): [string, string][] => [
    [`:${spelling}@`, `:${REDACTED}@`],
    ...names.map((name): [string, string] => [name + spelling, name + REDACTED]),
  ]);
}

/**
 * Redacts secrets by value, plain and as spelled in JSON and URLs, and our own tokens by form. This covers accidents: a
 * command that prints its environment, a provider that quotes its request. A deliberate leak can always be encoded, so
 * secrets are also kept where no tool can read them.
 * @param secrets e.g. provider keys; ordinary words and short ones are only redacted in addresses (`:…@`) and after `password=`.
 */
export function createRedactor(secrets: readonly string[]): Redactor {
  const ordinary = secrets.filter((secret) => isOrdinary(secret) && secret.length >= MIN_GUARDED_LENGTH);
  const guarded = new Map(ordinary.flatMap(guardedPlaces));
  const real = secrets.filter((secret) => !isOrdinary(secret));
  const known = [...new Set([...real.flatMap(spellings), ...guarded.keys()])]
    // Longest first, in case one is a prefix of another.
    .toSorted((a, b) => b.length - a.length);
  const pattern = new RegExp([...known.map((secret) => RegExp.escape(secret)), TOKEN].join("|"), "g");
  const redact = (text: string): string => text.replace(pattern, (found) => guarded.get(found) ?? REDACTED);

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

/** @returns how many trailing characters are a proper prefix of the secret. */
function overlapLength(text: string, secret: string): number {
  for (let length = Math.min(text.length, secret.length - 1); length > 0; length--) {
    if (text.endsWith(secret.slice(0, length))) return length;
  }
  return 0;
}
