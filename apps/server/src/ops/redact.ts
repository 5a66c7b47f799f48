const REDACTED = "[redacted]";

/** Anything stored under one of these names, at any depth of a JSON line: strings and arrays of them. */
const SECRET_KEYS =
  /"(authorization|proxy-authorization|cookie|set-cookie|token|secret|password|api[_-]?key)":(?:"(?:[^"\\]|\\.)*"|\[[^\]]*\])/gi;
/** Our own tokens (auth/secret.ts), wherever they stand: in a message, a URL, a stack trace. */
const TOKENS = /\btl_[A-Za-z0-9_-]{43}/g;
/** The one-time code of a sign-in link. */
const SIGN_IN_CODES = /([?&]code=)[A-Za-z0-9_%-]+/g;
/** Shorter ones would tear holes into ordinary words. */
const MIN_SECRET_LENGTH = 8;

/**
 * The last look at a log line before it leaves: the writer of a message does not have to think of secrets, and an
 * error of a library that quotes its request leaks nothing.
 *
 * @param secrets values that must never appear, e.g. provider keys
 * @returns what takes a line of JSON and gives one without secrets
 */
export function createRedactor(secrets: readonly string[]): (line: string) => string {
  const known = secrets.filter((secret) => secret.length >= MIN_SECRET_LENGTH).map(jsonEscaped);
  return (line) =>
    known.reduce(
      (text, secret) => text.replaceAll(secret, REDACTED),
      line
        .replace(SECRET_KEYS, `"$1":"${REDACTED}"`)
        .replace(TOKENS, REDACTED)
        .replace(SIGN_IN_CODES, `$1${REDACTED}`),
    );
}

/** As it stands inside a JSON string. */
function jsonEscaped(secret: string): string {
  return JSON.stringify(secret).slice(1, -1);
}
