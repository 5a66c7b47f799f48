import { Command } from "commander";
import { isTerminalTaskState } from "@trunkline/contract";
import { CommandError } from "../command-error.ts";
import { EXIT } from "../exit-code.ts";
import { awaiting } from "../terminal/awaiting.ts";
import { connect, hints, type CommandContext } from "./context.ts";
import { describeDetached } from "./detached-hint.ts";
import { findSession } from "./find-id.ts";
import { parseId } from "./option-values.ts";

interface SetupOptions {
  json?: true;
}

export function setupCommand(context: CommandContext): Command {
  return new Command("setup")
    .summary("retry a session's failed setup")
    .description(
      "Run the setup of a session's workspace again after it has failed, then the task that it made fail. " +
        "Change the setup first: in the project's settings, or as .trunkline/setup in its base branch.",
    )
    .argument("[session]", "id of the session, its beginning, or last", parseId("sessions"))
    .option("--json", "print the new task as JSON")
    .action(async (given: string | undefined, options: SetupOptions, command: Command) => {
      const { out, err } = context.terminal;
      const client = connect(context, command);
      const sessionId = await findSession(context, client, given);
      const task = await awaiting(err, "Submitting", client.session.retrySetup.mutate({ sessionId }));
      if (isTerminalTaskState(task.state)) {
        throw new CommandError(
          EXIT.failed,

          "The session's last task did not fail by its setup: there is nothing to retry.",
        );
      }
      await out.write(
        options.json
          ? `${JSON.stringify(task)}\n`
          : describeDetached(
              "Submitted again: the setup runs first.",
              { sessionId: task.sessionId, taskId: task.id },
              hints(context),
            ),
      );
    });
}
