import { resolve } from "node:path";
import { Command, Option } from "commander";
import { projectNamed } from "../project/find-project.ts";
import { connect, hints, type CommandContext } from "./context.ts";

interface Settings {
  base?: string;
  setup?: string;
  network?: "off" | "allowlist" | "on";
  allowHost?: string[];
  env?: string[];
  instructions?: string;
  shared?: boolean;
  json?: true;
}

/** What `add` and `set` have in common. @param clears how an option's value is taken back */
function withSettings(command: Command, clears: string): Command {
  const collect = (word: string, before: string[] = []): string[] => [...before, word];
  return command
    .option("--base <ref>", `branch, tag or commit that sessions start from${clears}`)
    .option("--setup <command>", `prepares each workspace, e.g. "npm ci"${clears}`)
    .addOption(new Option("--network <network>", "of commands").choices(["off", "allowlist", "on"]))
    .option(
      "--allow-host <host>",
      "host that commands may reach besides package registries; may be repeated",
      collect,
    )
    .option("--env <name>", "variable of the server that commands get; may be repeated", collect)
    .option("--instructions <text>", `what the model is told in every session${clears}`)
    .option("--shared", "let everybody on this server use it; needs an admin")
    .option("--json", "print the project as JSON");
}

export function addCommand(context: CommandContext): Command {
  return withSettings(
    new Command("add")
      .summary("add a project")
      .description(
        "Add a project. A directory is one on the server's machine that its operator offers, and must be a git repository. " +
          "The source is only read.",
      )
      .argument("<name>", "letters, digits, '.', '_' and '-'")
      .argument("<source>", "directory on the server, or https://…, ssh://… or user@host:path"),
    "",
  ).action(async (name: string, source: string, options: Settings, command: Command) => {
    const { out, err } = context.terminal;
    const isUrl = /^[a-z]+:\/\/|^[\w.-]+@[\w.-]+:/.test(source);
    const project = await connect(context, command).project.create.mutate({
      name,
      source: isUrl ? { kind: "git", url: source } : { kind: "directory", path: resolve(source) },
      ...settingsOf(options),
    });
    if (options.json) return await out.write(`${JSON.stringify(project)}\n`);
    await out.write(`${project.id}\n`);
    const next = hints(context)("run", "--project", name, "PROMPT");
    return await err.write(err.colors.dim(`Next: ${next}\n`));
  });
}

export function setCommand(context: CommandContext): Command {
  return withSettings(
    new Command("set")
      .summary("change a project's settings")
      .description("Change a project's settings. Sessions that have started keep their files.")
      .argument("<name>", "name of the project")
      .option("--name <name>", "new name"),
    "; empty: none",
  )
    .option("--no-allow-hosts", "allow package registries alone")
    .option("--no-env", "pass no variables")
    .option("--no-shared", "keep it to its owner")
    .action(
      async (name: string, options: Settings & { name?: string; allowHosts: boolean }, command: Command) => {
        const { out } = context.terminal;
        const client = connect(context, command);
        const { id: projectId } = await projectNamed(client, name, hints(context));
        const project = await client.project.update.mutate({
          projectId,
          ...(options.name !== undefined && { name: options.name }),
          ...(!options.allowHosts && { allowedHosts: [] }),
          ...settingsOf(options),
        });
        await out.write(options.json ? `${JSON.stringify(project)}\n` : `Changed ${project.name}.\n`);
      },
    );
}

function settingsOf({
  base,
  setup,
  network,
  allowHost,
  env,
  instructions,
  shared,
}: Omit<Settings, "env"> & { env?: string[] | false }) {
  return {
    ...(base !== undefined && { baseRef: base === "" ? null : base }),
    ...(setup !== undefined && { setup: setup === "" ? null : setup }),
    ...(network !== undefined && { network }),
    ...(allowHost !== undefined && { allowedHosts: allowHost }),
    ...(env !== undefined && { environment: env === false ? [] : env }),
    ...(instructions !== undefined && { instructions: instructions === "" ? null : instructions }),
    ...(shared !== undefined && { shared }),
  };
}
