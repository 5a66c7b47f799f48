import { isApiError, type TrunklineClient } from "@trunkline/client";
import type { ForkSessionInput, Session } from "@trunkline/contract";
import { Command } from "commander";
import { CommandError } from "../command-error.ts";
import { EXIT } from "../exit-code.ts";
import { awaiting } from "../terminal/awaiting.ts";
import { connect, hints, type CommandContext } from "./context.ts";
import { findSession } from "./find-id.ts";
import { parseId, parseTitle, parseWholeNumber } from "./option-values.ts";

interface ForkOptions {
  at?: number;
  title?: string;
  json?: true;
}

export function forkCommand(context: CommandContext): Command {
  return new Command("fork")
    .summary("branch off from a point in a session")
    .description(
      "Create a session that shares another one's history up to an event. The original doesn't change.",
    )
    .argument("[session]", "id of the session, its beginning, or last", parseId("sessions"))
    .option(
      "--at <seq>",
      "the last shared event (default: the latest)",
      parseWholeNumber(1, Number.MAX_SAFE_INTEGER),
    )
    .option("--title <title>", "title of the new session (default: the same)", parseTitle)
    .option("--json", "print the new session as JSON")
    .action(async (given: string | undefined, options: ForkOptions, command: Command) => {
      const client = connect(context, command);
      const { out, err } = context.terminal;
      const sessionId = await findSession(context, client, given);
      const session = await awaiting(
        err,
        "Copying the session and its files",
        forkSession(client, { sessionId, atSeq: options.at, title: options.title }),
      );
      await out.write(
        options.json
          ? `${JSON.stringify(session)}\n`
          : `Forked at event ${session.forkedAtSeq ?? session.lastSeq}.\n` +
              `  continue it:  ${hints(context)("run", "--session", session.id, "…")}\n`,
      );
    });
}

async function forkSession(client: TrunklineClient, input: ForkSessionInput): Promise<Session> {
  try {
    return await client.session.fork.mutate(input);
  } catch (error) {
    if (input.atSeq === undefined || !isApiError(error)) throw error;
    const { session } = await client.session.get.query({ sessionId: input.sessionId });
    if (input.atSeq <= session.lastSeq) throw error;
    const events = session.lastSeq === 1 ? "1 event" : `${session.lastSeq} events`;
    throw new CommandError(EXIT.usage, `--at ${input.atSeq}: this session has ${events}.`, { cause: error });
  }
}
