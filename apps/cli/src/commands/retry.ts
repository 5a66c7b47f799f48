import type { BudgetLimits } from "@trunkline/contract";
import { Command } from "commander";
import { retryOnce } from "../messages/submit-once.ts";
import { awaiting } from "../terminal/awaiting.ts";
import { parseBudget } from "./budget-limits.ts";
import { connect, hints, type CommandContext } from "./context.ts";
import { describeDetached } from "./detached-hint.ts";
import { findTask } from "./find-id.ts";
import { parseId } from "./option-values.ts";

interface RetryOptions {
  budget?: BudgetLimits;
  json?: true;
}

export function retryCommand(context: CommandContext): Command {
  return new Command("retry")
    .summary("run a task again")
    .description("Retry an ended task as a new task in its session. The old one is not changed.")
    .argument("[task]", "id of the task, its beginning, or last", parseId("tasks"))
    .option(
      "--budget <limits>",
      "its limits, in place of the earlier one's, e.g. 0.50usd,40steps,90m",
      parseBudget,
    )
    .option("--json", "print the new task as JSON")
    .action(async (given: string | undefined, options: RetryOptions, command: Command) => {
      const { out, err } = context.terminal;
      const client = connect(context, command);
      const taskId = await findTask(context, client, given);
      const task = await awaiting(err, "Submitting", retryOnce(client, { taskId, budget: options.budget }));
      await out.write(
        options.json
          ? `${JSON.stringify(task)}\n`
          : describeDetached(
              "Submitted again.",
              { sessionId: task.sessionId, taskId: task.id },
              hints(context),
            ),
      );
    });
}
