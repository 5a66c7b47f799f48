import type { Redactor } from "../secrets/port.ts";

/** Redacts values under these names, at any depth of a JSON line: strings and arrays of strings. */
const SECRET_KEYS =
  /"(authorization|proxy-authorization|cookie|set-cookie|token|secret|password|api[_-]?key)":(?:"(?:[^"\\]|\\.)*"|\[[^\]]*\])/gi;
/** The one-time code of a sign-in link. */
const SIGN_IN_CODES = /([?&]code=)[A-Za-z0-9_%-]+/g;

/**
 * Final redaction of log lines, so that authors of messages need not think of secrets, and an error that quotes its
 * request leaks nothing.
 * @returns a function that redacts a line of JSON
 */
export function createLineRedactor(redactor: Redactor): (line: string) => string {
  return (line) =>
    redactor.redact(line.replace(SECRET_KEYS, '"$1":"[redacted]"').replace(SIGN_IN_CODES, "$1[redacted]"));
}
