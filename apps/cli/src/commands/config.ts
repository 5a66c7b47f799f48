import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { CommandError } from "../command-error.ts";
import { checkConfig, configFileOf } from "../doctor/check-config.ts";
import { EXIT } from "../exit-code.ts";
import { findDataDir, present } from "../server/data-dir.ts";
import type { TargetOptions } from "../server/target.ts";
import { plainText } from "../terminal/plain-text.ts";
import type { CommandContext } from "./context.ts";

// Loaded lazily, because the schemas take a while.
const editing = async () => import("@trunkline/server/edit-config-file");

const EMPTY = "{\n}\n";

export function configCommand(context: CommandContext): Command {
  return new Command("config")
    .summary("read and change trunkline.config.json")
    .description(
      "Read and change the settings that stand in trunkline.config.json of this machine's data directory, or in the file of " +
        "TRUNKLINE_CONFIG_FILE. The server reads it when it starts. A change that the server would refuse is not written.",
    )
    .addCommand(getCommand(context))
    .addCommand(setCommand(context))
    .addCommand(editCommand(context))
    .addCommand(checkCommand(context));
}

function getCommand(context: CommandContext): Command {
  return new Command("get")
    .summary("print a setting, or all of them")
    .description(
      "Print a setting as JSON, or the whole file. What looks like a key or a password is left out.",
    )
    .argument("[key]", 'the place in the file, e.g. providers.groq.baseUrl or mcpServers["my server"]')
    .action(async (key: string | undefined, _options: object, command: Command) => {
      const { readSetting } = await editing();
      const found = await readSetting(fileOf(context, command), key);
      if (!("value" in found)) return refuse(found);
      const { value } = found;
      if (value === undefined) throw new CommandError(EXIT.failed, `${key} is not set.`);
      await context.terminal.out.write(`${plainText(JSON.stringify(value, null, 2))}\n`);
    });
}

function setCommand(context: CommandContext): Command {
  return new Command("set")
    .summary("change a setting")
    .description(
      "Change a setting. The value is JSON; what is not is taken as a text. Comments in the file stay. Secrets don't belong " +
        "there: name an environment variable that holds them (keyVariable).",
    )
    .argument("<key>", "the place in the file, e.g. providers.groq.baseUrl")
    .argument("[value]", "the new value")
    .option("--remove", "take the setting out")
    .action(
      async (key: string, text: string | undefined, { remove }: { remove?: true }, command: Command) => {
        if ((text === undefined) !== (remove === true)) {
          throw new CommandError(EXIT.usage, "Give a value, or --remove.");
        }
        const { writeSetting } = await editing();
        const edited = await writeSetting(
          fileOf(context, command),
          key,
          text === undefined ? undefined : valueOf(text),
        );
        await tellWritten(context, edited);
      },
    );
}

function editCommand(context: CommandContext): Command {
  return new Command("edit")
    .summary("open the file in your editor")
    .description(
      "Open a copy in VISUAL or EDITOR. It replaces the file when the editor ends, unless the server would refuse it: then the " +
        "copy is kept, and its faults are listed.",
    )
    .action(async (_options: object, command: Command) => {
      const { env } = context.terminal;
      const editor = present(env["VISUAL"]) ?? present(env["EDITOR"]);
      if (editor === undefined) throw new CommandError(EXIT.usage, "Set VISUAL or EDITOR to your editor.");
      const file = fileOf(context, command);
      const directory = await mkdtemp(join(tmpdir(), "trunkline-config-"));
      const copy = join(directory, "trunkline.config.json");
      const before = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") return EMPTY;
        throw error;
      });
      await writeFile(copy, before, { mode: 0o600 });
      await runEditor(editor, copy);
      const after = await readFile(copy, "utf8");
      if (after === before) {
        await rm(directory, { recursive: true });
        return await context.terminal.err.write("Nothing was changed.\n");
      }
      const { writeChecked } = await editing();
      const edited = await writeChecked(file, after);
      if ("faults" in edited) {
        throw new CommandError(
          EXIT.failed,
          `Not written. Your copy is ${copy}:\n  ${edited.faults.join("\n  ")}`,
        );
      }
      await rm(directory, { recursive: true });
      return await tellWritten(context, edited);
    });
}

function checkCommand(context: CommandContext): Command {
  return new Command("check")
    .summary("say what is wrong with the file")
    .description(
      "Check the file as the server does when it starts, with the place of each fault. Exits with 1 if there is one.",
    )
    .option("--json", "print the findings as JSON, one per line")
    .action(async ({ json }: { json?: true }, command: Command) => {
      const { out, env } = context.terminal;
      const findings = await checkConfig(dataDirOf(context, command), env);
      if (findings.some(({ level }) => level === "fail")) context.exitCode = EXIT.failed;
      for (const finding of findings) {
        await out.write(json ? `${JSON.stringify(finding)}\n` : `${plainText(finding.message)}\n`);
      }
      if (findings.length === 0 && !json) {
        await out.write(`${fileOf(context, command)} does not exist: nothing is set.\n`);
      }
    });
}

function dataDirOf({ terminal }: CommandContext, command: Command): string {
  return findDataDir(command.optsWithGlobals<TargetOptions>().dataDir, terminal.env);
}

function fileOf(context: CommandContext, command: Command): string {
  return configFileOf(dataDirOf(context, command), context.terminal.env);
}

function valueOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** @throws CommandError if it ends with an error, or can't be started */
async function runEditor(editor: string, file: string): Promise<void> {
  // As git does: the variable may have arguments, and quotes.
  const child = spawn("sh", ["-c", `${editor} "$@"`, editor, file], { stdio: "inherit" });
  const [code] = (await once(child, "exit")) as [number | null];
  if (code !== 0) {
    throw new CommandError(
      EXIT.failed,
      `The editor ended with an error (${code ?? "signal"}). Your copy is ${file}`,
    );
  }
}

async function tellWritten(
  { terminal }: CommandContext,
  edited: { path: string } | { faults: string[] },
): Promise<void> {
  if ("faults" in edited) refuse(edited, "Not written:");
  else await terminal.err.write(`Written to ${edited.path}. The server reads it when it starts.\n`);
}

function refuse(refused: { path: string } | { faults: string[] }, because = "Can't read that:"): never {
  const faults = "faults" in refused ? refused.faults : [];
  throw new CommandError(EXIT.failed, `${because}\n  ${faults.join("\n  ")}`);
}
