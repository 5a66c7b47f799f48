import type { TrunklineClient } from "@trunkline/client";
import type { McpServer, McpServerDetail } from "@trunkline/contract";
import { Command } from "commander";
import { mcpServerNamed, type McpPlace, placeOf } from "../mcp/find-mcp-server.ts";
import { awaiting } from "../terminal/awaiting.ts";
import { commandLine } from "../terminal/command-line.ts";
import type { Colors } from "../terminal/output.ts";
import { oneLine } from "../terminal/plain-text.ts";
import type { Column } from "../terminal/table.ts";
import { connect, type CommandContext } from "./context.ts";
import { printListing } from "./listing.ts";
import { authorizeCommand } from "./mcp-authorize.ts";
import { addCommand, updateCommand } from "./mcp-settings.ts";

export function mcpCommand(context: CommandContext): Command {
  return new Command("mcp")
    .summary("manage MCP servers")
    .description(
      "Add, list and change MCP servers, which give the agent further tools: yours, and those of your projects.",
    )
    .addCommand(listCommand(context))
    .addCommand(showCommand(context))
    .addCommand(addCommand(context))
    .addCommand(updateCommand(context))
    .addCommand(authorizeCommand(context))
    .addCommand(restartCommand(context))
    .addCommand(removeCommand(context));
}

type Options = McpPlace & { json?: true };

function listCommand(context: CommandContext): Command {
  return new Command("list")
    .summary("list MCP servers, with their state")
    .description("List the operator's MCP servers and yours, with the state of your connections.")
    .option("--project <name>", "also those of this project")
    .option("--json", "print one server per line as JSON")
    .action(async (options: Options, command: Command) => {
      const { terminal } = context;
      const client = connect(context, command);
      const place = await placeOf(context, client, options);
      const { items } = await awaiting(terminal.err, "Loading", client.mcp.list.query(place));
      await printListing(
        terminal,
        { items, hasMore: false },
        { columns: columns(terminal.out.colors), json: options.json === true, none: "No MCP servers." },
      );
    });
}

/** A command about one server, by its name. */
function serverCommand(
  context: CommandContext,
  { name, summary, description, json }: { name: string; summary: string; description: string; json: string },
  act: (
    client: TrunklineClient,
    serverId: string,
    serverName: string,
  ) => Promise<{ value: object; text: string }>,
): Command {
  return new Command(name)
    .summary(summary)
    .description(description)
    .argument("<name>", "name of the server")
    .option("--project <name>", "the server of this project")
    .option("--json", json)
    .action(async (serverName: string, options: Options, command: Command) => {
      const client = connect(context, command);
      const { id } = await mcpServerNamed(context, client, serverName, options);
      const { value, text } = await act(client, id, serverName);
      await context.terminal.out.write(options.json ? `${JSON.stringify(value)}\n` : text);
    });
}

function showCommand(context: CommandContext): Command {
  return serverCommand(
    context,
    {
      name: "show",
      summary: "show what an MCP server offers",
      description: "Connect to an MCP server and show what it offers.",
      json: "print the server as JSON",
    },
    async (client, serverId) => {
      const server = await awaiting(context.terminal.err, "Connecting", client.mcp.get.query({ serverId }));
      return { value: server, text: detailText(server) };
    },
  );
}

function restartCommand(context: CommandContext): Command {
  return serverCommand(
    context,
    {
      name: "restart",
      summary: "connect to an MCP server again",
      description: "End your connection to an MCP server, and connect again.",
      json: "print the server as JSON",
    },
    async (client, serverId) => {
      const restarting = client.mcp.restart.mutate({ serverId });
      const server = await awaiting(context.terminal.err, "Connecting", restarting);
      return { value: server, text: detailText(server) };
    },
  );
}

function removeCommand(context: CommandContext): Command {
  return serverCommand(
    context,
    {
      name: "remove",
      summary: "remove an MCP server",
      description: "Remove an MCP server, with its stored secrets and what its program stored.",
      json: "print the removed server as JSON",
    },
    async (client, serverId, serverName) => ({
      value: await client.mcp.remove.mutate({ serverId }),
      text: `Removed ${serverName}.\n`,
    }),
  );
}

function columns(colors: Colors): Column<McpServer>[] {
  return [
    { title: "SERVER", cell: ({ name }) => name },
    { title: "OF", cell: ({ level }) => (level === "user" ? "you" : level), spare: true },
    {
      title: "STATE",
      cell: ({ state }) => state,
      paint: (text, { state }) =>
        state === "failed" || state === "needs-authorization"
          ? colors.red(text)
          : state === "connected"
            ? text
            : colors.dim(text),
    },
    {
      title: "TOOLS",
      cell: ({ toolCount }) => (toolCount === null ? "-" : String(toolCount)),
      align: "right",
      spare: true,
    },
    {
      title: "REACHED BY",
      cell: ({ transport, message }) => oneLine(message === null ? addressOf(transport) : message),
    },
  ];
}

function addressOf(transport: McpServer["transport"]): string {
  return transport.kind === "http" ? transport.url : commandLine([transport.command, ...transport.args]);
}

/** All of it is the server's words. */
function detailText({
  name,
  state,
  message,
  transport,
  tools,
  omittedTools,
  resources,
  prompts,
}: McpServerDetail): string {
  const lines = [
    `${name}  ${state}  ${oneLine(addressOf(transport))}`,
    ...(message === null ? [] : [oneLine(message)]),
    ...tools.map(
      (tool) =>
        `  ${oneLine(tool.toolName)}${tool.enabled ? "" : " (off)"}  ${oneLine(tool.description).slice(0, 80)}`,
    ),
    ...omittedTools.map((tool) => `  ${oneLine(tool.name)} (left out: ${oneLine(tool.reason)})`),
    [counted(tools, "tool"), counted(resources, "resource"), counted(prompts, "prompt")].join(", "),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

function counted(items: readonly unknown[], name: string): string {
  return `${items.length} ${name}${items.length === 1 ? "" : "s"}`;
}
