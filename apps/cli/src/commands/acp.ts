import { Readable, Writable } from "node:stream";
import { type Effort, EFFORTS } from "@trunkline/contract";
import { Command, Option } from "commander";
import packageJson from "../../package.json" with { type: "json" };
import { CommandError } from "../command-error.ts";
import { EXIT } from "../exit-code.ts";
import { chooseWorkspace, knownProject, type WorkspaceOptions } from "../project/choose-workspace.ts";
import { connect, hints, type CommandContext } from "./context.ts";

interface AcpCommandOptions extends Omit<WorkspaceOptions, "directory"> {
  model?: string;
  effort?: Effort;
  agent?: string;
}

/** Bytes of one message: a prompt may have images. */
const MAX_MESSAGE_BYTES = 64 * 1_048_576;

export function acpCommand(context: CommandContext): Command {
  return new Command("acp")
    .summary("let an editor use the server's sessions")
    .description(
      "Speak the Agent Client Protocol on standard input and output, for editors such as Zed: their threads are sessions " +
        "of the server, which keep running when the editor is closed. A session works on a copy of the repository that the " +
        "editor has open, once sessions may use it (`trunkline run -C DIR`, or --yes).",
    )
    .option("--project <name>", "work in this project, whatever the editor has open")
    .option("--no-project", "start in an empty directory, even in a repository")
    .option("--base <ref>", "branch, tag or commit to start from (default: what is checked out)")
    .option("--include-uncommitted", "start with the changes that are not committed")
    .option("--in-place", "work in the directory itself, not on a copy; only for a server's single user")
    .option("-y, --yes", "let sessions use the repositories that the editor has open, without asking")
    .option("-m, --model <name>", "model of new sessions, as provider:model")
    .addOption(new Option("--effort <level>", "how much the model thinks").choices(EFFORTS))
    .option("-a, --agent <name>", "agent of new sessions")
    .action(async (options: AcpCommandOptions, command: Command) => {
      const { in: stdin, out } = context.terminal;
      if (stdin.isTTY) {
        throw new CommandError(
          EXIT.usage,
          "An editor starts this command and talks to it: add `trunkline acp` to its agents (docs/acp.md).",
        );
      }
      // The protocol's library takes a third of the time in which a short command loads.
      const [{ ndJsonStream }, { serveAcp }] = await Promise.all([
        import("@agentclientprotocol/sdk"),
        import("../acp/serve-acp.ts"),
      ]);
      const client = connect(context, command);
      const { model, effort, agent, ...workspace } = options;
      const stream = ndJsonStream(
        Writable.toWeb(out.stream) as WritableStream<Uint8Array>,
        Readable.toWeb(stdin) as ReadableStream<Uint8Array>,
        { maxMessageBytes: MAX_MESSAGE_BYTES },
      );
      await serveAcp(stream, {
        client,
        version: packageJson.version,
        inputFor: async (directory) => ({
          ...(await chooseWorkspace(context, client, { ...workspace, directory })),
          model,
          effort,
          agent,
        }),
        projectIdFor: async (directory) =>
          (await knownProject(context, client, { ...workspace, directory }))?.id ?? null,
        command: hints(context),
      });
    });
}
