import { isApiError } from "@trunkline/client";
import { CommandError } from "../command-error.ts";
import { EXIT } from "../exit-code.ts";

/**
 * @param done what failed: `edited`, `moved`
 * @returns the error of an edit or move, with a clearer message if the task has left the queue
 */
export function explainQueued(error: unknown, done: string): unknown {
  if (!isApiError(error, "task_not_queued")) return error;
  return new CommandError(EXIT.failed, `The task has already started or ended, so it can't be ${done}.`, {
    cause: error,
  });
}
