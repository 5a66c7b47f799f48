import type { Redactor } from "../secrets/port.ts";

/** Anything stored under one of these names, at any depth of a JSON line: strings and arrays of them. */
const SECRET_KEYS =
  /"(authorization|proxy-authorization|cookie|set-cookie|token|secret|password|api[_-]?key)":(?:"(?:[^"\\]|\\.)*"|\[[^\]]*\])/gi;
/** The one-time code of a sign-in link. */
const SIGN_IN_CODES = /([?&]code=)[A-Za-z0-9_%-]+/g;

/**
 * The last look at a log line before it leaves: the writer of a message does not have to think of secrets, and an
 * error of a library that quotes its request leaks nothing.
 * @returns what takes a line of JSON and gives one without secrets
 */
export function createLineRedactor(redactor: Redactor): (line: string) => string {
  return (line) =>
    redactor.redact(line.replace(SECRET_KEYS, '"$1":"[redacted]"').replace(SIGN_IN_CODES, "$1[redacted]"));
}
