import { Command } from "commander";
import { awaiting } from "../terminal/awaiting.ts";
import { connect, type CommandContext } from "./context.ts";
import { parseId, parseTitle, parseWholeNumber } from "./option-values.ts";

interface ForkOptions {
  at?: number;
  title?: string;
  json?: true;
}

export function forkCommand(context: CommandContext): Command {
  return new Command("fork")
    .summary("go another way from a point of a session")
    .description(
      "Make a new session that begins as another one, up to an event of it, and then goes its own way. The other " +
        "one stays as it is.",
    )
    .argument("<session>", "id of the session", parseId("sessions"))
    .option(
      "--at <seq>",
      "the last event that the two share (else all of them)",
      parseWholeNumber(1, Number.MAX_SAFE_INTEGER),
    )
    .option("--title <title>", "what the new session is called (else as the other one)", parseTitle)
    .option("--json", "print the new session as JSON")
    .action(async (sessionId: string, options: ForkOptions, command: Command) => {
      const client = connect(context, command);
      const { out, err } = context.terminal;
      const session = await awaiting(
        err,
        "copying the session and its files",
        client.session.fork.mutate({ sessionId, atSeq: options.at, title: options.title }),
      );
      await out.write(
        options.json
          ? `${JSON.stringify(session)}\n`
          : `Forked at event ${session.forkedAtSeq ?? session.lastSeq}.\n` +
              `  go on in it:  trunkline run --session ${session.id} "…"\n`,
      );
    });
}
