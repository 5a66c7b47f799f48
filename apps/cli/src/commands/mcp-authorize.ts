import type { TrunklineClient } from "@trunkline/client";
import type { McpServerDetail } from "@trunkline/contract";
import { Command } from "commander";
import { CommandError } from "../command-error.ts";
import { EXIT } from "../exit-code.ts";
import { mcpServerNamed, type McpPlace } from "../mcp/find-mcp-server.ts";
import { ask, canAsk } from "../terminal/ask.ts";
import { awaiting } from "../terminal/awaiting.ts";
import { oneLine } from "../terminal/plain-text.ts";
import { connect, type CommandContext } from "./context.ts";
import { isRedirected, readText } from "./piped-text.ts";

const MAX_ADDRESS_LENGTH = 10_000;

type Options = McpPlace & { origin?: string; finish?: true; json?: true };

export function authorizeCommand(context: CommandContext): Command {
  return new Command("authorize")
    .summary("let an MCP server act for you")
    .description(
      "Authorize your use of an MCP server that needs it (OAuth). Prints a link to open in any browser; then paste the address " +
        "that the browser ends up at, even if that page can't be loaded. In a browser that is signed in, its page finishes it.",
    )
    .argument("[name]", "name of the server; not needed with --finish")
    .option("--project <name>", "the server of this project")
    .option(
      "--origin <url>",
      "where your browser reaches this Trunkline server (default: as this command does)",
    )
    .option("--finish", "read that address from the standard input, to finish what an earlier call began")
    .option("--json", "print the link, or with --finish the server, as JSON")
    .action(async (name: string | undefined, options: Options, command: Command) => {
      const { terminal } = context;
      const { out, err } = terminal;
      const client = connect(context, command);
      if (options.finish === true) {
        if (!isRedirected(terminal.in)) {
          throw new CommandError(
            EXIT.usage,
            "Pipe the address in, e.g. echo 'http://…' | trunkline mcp authorize --finish",
          );
        }
        const address = (await readText(terminal.in, "The standard input", MAX_ADDRESS_LENGTH)).trim();
        return await show(context, await finish(context, client, address), options);
      }
      if (name === undefined) throw new CommandError(EXIT.usage, "Name the MCP server, as mcp list does.");
      const { id: serverId } = await mcpServerNamed(context, client, name, options);
      const origin = new URL(options.origin ?? context.target?.url ?? "").origin;
      const link = await awaiting(err, "Asking", client.mcp.authorize.mutate({ serverId, origin }));
      if (options.json === true) return await out.write(`${JSON.stringify(link)}\n`);
      const { host } = new URL(link.url);
      await err.write(
        `Open this link in a browser and agree there, at ${oneLine(host)}. It works for 15 minutes.\n`,
      );
      await out.write(`${oneLine(link.url)}\n`);
      if (!canAsk(terminal)) return;
      const answer = await ask(terminal, "Address that the browser ends up at: ");
      if (answer.kind !== "line" || answer.text.trim() === "") {
        return await err.write("Not finished here. If the browser's page said so, it is authorized.\n");
      }
      return await show(context, await finish(context, client, answer.text.trim()), options);
    });
}

async function finish(
  context: CommandContext,
  client: TrunklineClient,
  address: string,
): Promise<McpServerDetail> {
  return awaiting(context.terminal.err, "Connecting", client.mcp.finishAuthorization.mutate({ address }));
}

async function show(
  { terminal: { out } }: CommandContext,
  server: McpServerDetail,
  { json }: Options,
): Promise<void> {
  const state = server.message === null ? server.state : `${server.state}: ${oneLine(server.message)}`;
  await out.write(
    json === true ? `${JSON.stringify(server)}\n` : `${server.name} is authorized (${state}).\n`,
  );
}
