import type { AddMcpServerInput, McpServer } from "@trunkline/contract";
import { Command, Option } from "commander";
import { CommandError } from "../command-error.ts";
import { EXIT } from "../exit-code.ts";
import { mcpServerNamed, type McpPlace, placeOf } from "../mcp/find-mcp-server.ts";
import { type TransportOptions, transportFrom } from "../mcp/mcp-transport.ts";
import { connect, hints, type CommandContext } from "./context.ts";
import { parseWholeNumber } from "./option-values.ts";

interface SettingsOptions extends McpPlace, TransportOptions {
  trust?: AddMcpServerInput["trust"];
  onlyTool?: string[];
  timeout?: number;
  json?: true;
}

function withSettings(command: Command): Command {
  const collect = (word: string, before: string[] = []): string[] => [...before, word];
  return command
    .option("--project <name>", "for the sessions of this project; default: for all of yours")
    .option("--env <name[=variable]>", "variable for the program, valued as here; may be repeated", collect)
    .option(
      "--header <name=variable>",
      "HTTP header, with the value of your variable; may be repeated",
      collect,
    )
    .addOption(new Option("--network <network>", "of the program").choices(["off", "allowlist", "on"]))
    .option(
      "--allow-host <host>",
      "host that the program may reach besides package registries; may be repeated",
      collect,
    )
    .addOption(
      new Option(
        "--trust <trust>",
        "none: each call asks; annotations: calls that only read, by its word, don't",
      ).choices(["none", "annotations"]),
    )
    .option("--only-tool <name>", "use this tool of it only; may be repeated", collect)
    .option("--timeout <seconds>", "how long a call may be silent (default: 60)", parseWholeNumber(1, 600))
    .option("--json", "print the server as JSON");
}

const DESTINATION = "https://… address, or a program with its arguments after --";

export function addCommand(context: CommandContext): Command {
  return withSettings(
    new Command("add")
      .summary("add an MCP server")
      .description(
        "Add an MCP server: an address of streamable HTTP, or a program that runs in the sandbox of the server. Secrets are read " +
          "from your environment, stored encrypted and never shown.",
      )
      .argument("<name>", "lower-case letters, digits and '-'; its tools are NAME__TOOL")
      .argument("<destination...>", DESTINATION),
  ).action(async (name: string, words: string[], options: SettingsOptions, command: Command) => {
    const { out, err, env } = context.terminal;
    const client = connect(context, command);
    const server = await client.mcp.add.mutate({
      ...(await placeOf(context, client, options)),
      name,
      transport: transportFrom(words, options, { before: null, environment: env }),
      ...settingsOf(options),
    });
    if (options.json) return await out.write(`${JSON.stringify(server)}\n`);
    await out.write(`Added ${server.name}.\n`);
    const place = options.project === undefined ? [] : ["--project", options.project];
    return await err.write(
      err.colors.dim(`See what it offers: ${hints(context)("mcp", "show", name, ...place)}\n`),
    );
  });
}

type UpdateOptions = SettingsOptions & { rename?: string; on?: true; off?: true; allTools?: true };

export function updateCommand(context: CommandContext): Command {
  return withSettings(
    new Command("update")
      .summary("change an MCP server")
      .description(
        "Change an MCP server. Stored secrets are kept as long as its program or address stays the same.",
      )
      .argument("<name>", "name of the server")
      .argument("[destination...]", `another ${DESTINATION}`),
  )
    .option("--rename <name>", "new name")
    .addOption(new Option("--on", "offer it to tasks").conflicts("off"))
    .option("--off", "keep it, but don't offer it to tasks")
    .addOption(new Option("--all-tools", "use all of its tools").conflicts("onlyTool"))
    .option(
      "--drop <name>",
      "remove this variable or header; may be repeated",
      (word: string, before: string[] | undefined) => [...(before ?? []), word],
    )
    .action(async (name: string, words: string[], options: UpdateOptions, command: Command) => {
      const { out, env } = context.terminal;
      const client = connect(context, command);
      const before = await mcpServerNamed(context, client, name, options);
      const changes = {
        ...settingsOf(options),
        ...(options.rename !== undefined && { name: options.rename }),
        ...(options.on === true && { enabled: true }),
        ...(options.off === true && { enabled: false }),
        ...(options.allTools === true && { onlyTools: null }),
        ...(movesTransport(words, options) && {
          transport: transportFrom(words, options, { before: before.transport, environment: env }),
        }),
      };
      if (Object.keys(changes).length === 0)
        throw new CommandError(EXIT.usage, "Say what to change; see --help.");
      const server: McpServer = await client.mcp.update.mutate({ serverId: before.id, ...changes });
      await out.write(options.json ? `${JSON.stringify(server)}\n` : `Changed ${server.name}.\n`);
    });
}

function movesTransport(words: readonly string[], options: TransportOptions): boolean {
  const { env, header, drop, network, allowHost } = options;
  return words.length > 0 || [env, header, drop, network, allowHost].some((option) => option !== undefined);
}

function settingsOf({ trust, onlyTool, timeout }: SettingsOptions) {
  return {
    ...(trust !== undefined && { trust }),
    ...(onlyTool !== undefined && { onlyTools: onlyTool }),
    ...(timeout !== undefined && { timeoutMs: timeout * 1_000 }),
  };
}
