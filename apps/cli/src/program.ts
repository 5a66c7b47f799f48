import { Command, type Argument } from "commander";
import packageJson from "../package.json" with { type: "json" };
import { acpCommand } from "./commands/acp.ts";
import { allowHostCommand } from "./commands/allow-host.ts";
import { answerCommand } from "./commands/answer.ts";
import { approveCommand } from "./commands/approve.ts";
import { archiveCommand } from "./commands/archive.ts";
import { attachCommand } from "./commands/attach.ts";
import { auditCommand } from "./commands/audit.ts";
import { backupCommand, restoreCommand } from "./commands/backup.ts";
import { budgetCommand } from "./commands/budget.ts";
import { cancelCommand } from "./commands/cancel.ts";
import { completionCommand } from "./commands/completion.ts";
import { configCommand } from "./commands/config.ts";
import type { CommandContext } from "./commands/context.ts";
import { costCommand } from "./commands/cost.ts";
import { deleteCommand } from "./commands/delete.ts";
import { diffCommand } from "./commands/diff.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { editCommand } from "./commands/edit.ts";
import { drainCommand } from "./commands/drain.ts";
import { exportCommand } from "./commands/export.ts";
import { filesCommand } from "./commands/files.ts";
import { forkCommand } from "./commands/fork.ts";
import { importCommand } from "./commands/import.ts";
import { importAlexCommand } from "./commands/import-alex.ts";
import { loginCommand, logoutCommand, whoamiCommand } from "./commands/login.ts";
import { mcpCommand } from "./commands/mcp.ts";
import { logsCommand } from "./commands/logs.ts";
import { migrateStoreCommand } from "./commands/migrate-store.ts";
import { modelsCommand } from "./commands/models.ts";
import { moveCommand } from "./commands/move.ts";
import { outputCommand } from "./commands/output.ts";
import { projectCommand } from "./commands/project.ts";
import { publishCommand } from "./commands/publish.ts";
import { pullCommand } from "./commands/pull.ts";
import { renameCommand } from "./commands/rename.ts";
import { resumeCommand } from "./commands/resume.ts";
import { retentionCommand } from "./commands/retention.ts";
import { rotateKeyCommand } from "./commands/rotate-key.ts";
import { retryCommand } from "./commands/retry.ts";
import { revertCommand } from "./commands/revert.ts";
import { reviewCommand } from "./commands/review.ts";
import { setupCommand } from "./commands/setup.ts";
import { runCommand } from "./commands/run.ts";
import { searchCommand } from "./commands/search.ts";
import { serveCommand } from "./commands/serve.ts";
import { serviceCommand } from "./commands/service.ts";
import { sessionsCommand } from "./commands/sessions.ts";
import { pushCommand } from "./commands/push.ts";
import { shareCommand } from "./commands/share.ts";
import { steerCommand } from "./commands/steer.ts";
import { stopCommand } from "./commands/stop.ts";
import { tasksCommand } from "./commands/tasks.ts";
import { rulesCommand } from "./commands/rules.ts";
import { tokenCommand } from "./commands/token.ts";
import { upgradeCommand } from "./commands/upgrade.ts";
import { userCommand } from "./commands/user.ts";
import { vacuumCommand } from "./commands/vacuum.ts";
import { EXIT_CODE_HELP } from "./exit-code.ts";
import { DEFAULT_URL, type TargetOptions } from "./server/target.ts";
import { suggestCommand } from "./suggest-command.ts";
import type { Output } from "./terminal/output.ts";
import { plainText } from "./terminal/plain-text.ts";

/** Every command, in the order and groups of the help. */
const GROUPS: readonly (readonly [
  heading: string,
  commands: readonly ((context: CommandContext) => Command)[],
])[] = [
  [
    "Tasks:",
    [
      runCommand,
      attachCommand,
      approveCommand,
      answerCommand,
      allowHostCommand,
      rulesCommand,
      tasksCommand,
      cancelCommand,
      editCommand,
      moveCommand,
      steerCommand,
      retryCommand,
      setupCommand,
      resumeCommand,
    ],
  ],
  [
    "Sessions:",
    [
      sessionsCommand,
      searchCommand,
      filesCommand,
      outputCommand,
      pullCommand,
      diffCommand,
      revertCommand,
      publishCommand,
      reviewCommand,
      shareCommand,
      forkCommand,
      renameCommand,
      archiveCommand,
      deleteCommand,
      exportCommand,
      importCommand,
      importAlexCommand,
    ],
  ],
  ["Projects:", [projectCommand]],
  ["Models and tools:", [modelsCommand, mcpCommand, acpCommand]],
  ["Cost:", [costCommand, budgetCommand]],
  [
    "Server:",
    [
      serveCommand,
      stopCommand,
      drainCommand,
      logsCommand,
      doctorCommand,
      configCommand,
      backupCommand,
      restoreCommand,
      rotateKeyCommand,
      retentionCommand,
      vacuumCommand,
      migrateStoreCommand,
      upgradeCommand,
      serviceCommand,
    ],
  ],
  [
    "Access:",
    [loginCommand, logoutCommand, whoamiCommand, userCommand, tokenCommand, pushCommand, auditCommand],
  ],
  ["Help:", [completionCommand]],
];

const EXAMPLES = `Begin with:
  trunkline run "write a haiku"       starts a server if none is running, after asking
  git diff | trunkline run "review:"  the prompt from words and a pipe
  trunkline attach                    watch the latest session
`;

/** The command line parser. Throws CommanderError instead of ending the process. */
export function buildProgram(context: CommandContext): Command {
  const { out, err, env } = context.terminal;
  const program = new Command("trunkline")
    .description("Run tasks of AI agents on a server that keeps going when you leave.")
    .version(packageJson.version, "-v, --version")
    .option(
      "--url <url>",
      `server to use (TRUNKLINE_URL; default: the one that runs on this machine), e.g. ${DEFAULT_URL}`,
    )
    .option("--token-file <path>", "file with the token (or TRUNKLINE_TOKEN, the token itself)")
    .option("--data-dir <path>", "the server's data directory (TRUNKLINE_DATA_DIR)")
    .option(
      "--profile <name>",
      "use the server and token that `login URL --profile` kept (TRUNKLINE_PROFILE)",
    )
    .addHelpText("after", `\n${EXAMPLES}\n${EXIT_CODE_HELP}`)
    .hook("preAction", (_, command) => {
      context.options = command.optsWithGlobals<TargetOptions>();
    });

  for (const [heading, commands] of GROUPS) {
    for (const command of commands) program.addCommand(command(context).helpGroup(heading));
  }
  program.helpCommand("help [command]", "explain a command").commandsGroup("Help:");

  for (const command of [program, ...below(program)]) {
    command
      // Commander's own suggestions go as far as `stop` for `show`.
      .showSuggestionAfterError(false)
      .exitOverride()
      .configureHelp({
        // Minimum for narrow terminals; below this, help would be one word per line.
        minWidthToWrap: 20,
        showGlobalOptions: command !== program,
        // "[options]" on every command says nothing.
        subcommandTerm: (sub) => [sub.name(), ...sub.registeredArguments.map(argumentTerm)].join(" "),
        styleTitle: (title) => out.colors.bold(title),
      })
      .configureOutput({
        writeOut: (text) => void out.write(text),
        writeErr: (text) => void err.write(text),
        outputError: (text, write) => write(plainText(withSuggestion(text, program))),
        getOutHelpWidth: () => helpWidth(out),
        getErrHelpWidth: () => helpWidth(err),
        getOutHasColors: () => out.isTerminal && !env["NO_COLOR"],
        getErrHasColors: () => err.isTerminal && !env["NO_COLOR"],
      });
  }
  return program;
}

function withSuggestion(text: string, program: Command): string {
  const typed = /^error: unknown command '(.*)'/.exec(text)?.[1];
  if (typed === undefined) return text;
  const names = program.commands.map((command) => command.name());
  const suggestion = suggestCommand(typed, names);
  const hint = suggestion === null ? "See trunkline --help." : `Did you mean ${suggestion}?`;
  return `error: unknown command '${typed}'. ${hint}\n`;
}

/** Subcommands included. */
function below(command: Command): Command[] {
  return command.commands.flatMap((each) => [each, ...below(each)]);
}

function argumentTerm(argument: Argument): string {
  const name = argument.name() + (argument.variadic ? "..." : "");
  return argument.required ? `<${name}>` : `[${name}]`;
}

/** Longer lines are hard to read. */
const MAX_HELP_WIDTH = 100;

function helpWidth(output: Output): number {
  return Math.min(output.width(), MAX_HELP_WIDTH);
}
