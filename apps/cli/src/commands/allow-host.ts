import { Command } from "commander";
import { oneLine } from "../terminal/plain-text.ts";
import { connect, type CommandContext } from "./context.ts";
import { findSession } from "./find-id.ts";
import { parseId } from "./option-values.ts";

export function allowHostCommand(context: CommandContext): Command {
  return new Command("allow-host")
    .summary("let a session's commands reach a host")
    .description(
      "Allow commands of a session to reach a host, from now on and in its forks. Without a host, list what they can " +
        "reach.",
    )
    .argument("<session>", "id of the session, its beginning, or last", parseId("sessions"))
    .argument("[host]", "its name; *.NAME for all below it; NAME:PORT for other ports than 80 and 443")
    .option("--json", "print the session's network as JSON")
    .action(async (given: string, host: string | undefined, options: { json?: true }, command: Command) => {
      const { out } = context.terminal;
      const client = connect(context, command);
      const sessionId = await findSession(context, client, given);
      const network =
        host === undefined
          ? await client.session.network.query({ sessionId })
          : await client.session.allowHost.mutate({ sessionId, host });
      if (options.json) return out.write(`${JSON.stringify(network)}\n`);
      if (host !== undefined) return out.write(`Allowed: ${oneLine(host)}\n`);
      const { mode, unfiltered, hosts, allowed } = network;
      const lines = [
        `Network of commands: ${mode}${unfiltered === null ? "" : ` (not enforced: ${oneLine(unfiltered)})`}`,
        ...allowed.map((name) => `${oneLine(name)}  allowed in this session`),
        ...hosts.map(oneLine),
      ];
      return out.write(`${lines.join("\n")}\n`);
    });
}
