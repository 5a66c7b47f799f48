import { TrunklineError } from "@trunkline/contract";
import { printable } from "../common/printable.ts";
import { GitError } from "../git/port.ts";

/** Longest piece of git's words in a message, in UTF-16 code units. */
const MAX_WORDS = 300;

/**
 * What it means that git can't take work out of a session's repository, in which an agent may have written what it likes: its
 * configuration, its objects, its index.
 *
 * @returns the error itself where it is another
 */
export function workspaceProblem(error: unknown): unknown {
  if (!(error instanceof GitError) || error.failure === "unavailable" || error.failure === "not-started") {
    return error;
  }
  if (error.failure === "too-much-output") {
    return new TrunklineError(
      "validation_failed",
      "The session has changed more files than git can name here at once: list what is generated in .gitignore, then try again, or download the session's files instead",
      { cause: error },
    );
  }
  const words = printable(error.message.slice(0, MAX_WORDS)).toWellFormed();
  const message =
    `Git can't take the work out of the session's repository (${words}): ask the agent to repair it, then try again, or ` +
    "download its files instead";
  return new TrunklineError("validation_failed", message, { cause: error });
}
