import { TrunklineError } from "@trunkline/contract";
import { printable } from "../common/printable.ts";

/** Longest branch name, in UTF-16 code units: with refs/heads/ it has to fit a file system's names. */
const MAX_LENGTH = 200;

/** What git-check-ref-format(1) refuses anywhere: controls, space and the characters of its syntax. */
// eslint-disable-next-line no-control-regex
const FORBIDDEN = /[\u0000-\u0020\u007f~^:?*[\\]|\.\.|@\{|\/\/|\/\.|\.lock(\/|$)/;

/**
 * A branch's short name as git allows it, and nothing that a command could take for something else: an option, a full
 * name, or HEAD. Also refuses invisible characters, by which two names could look alike.
 * @throws TrunklineError `validation_failed`
 */
export function requireBranchName(name: string): string {
  const isWrong =
    name === "" ||
    name.length > MAX_LENGTH ||
    FORBIDDEN.test(name) ||
    printable(name) !== name ||
    /^[-./]|[./]$|^@$|^refs\/|^HEAD$/i.test(name);
  if (!isWrong) return name;
  throw new TrunklineError(
    "validation_failed",
    `'${printable(name.slice(0, MAX_LENGTH))}' can't be the name of a branch. Use up to ${MAX_LENGTH} letters, digits and - _ . /, such as ` +
      "trunkline/fix-login",
  );
}
