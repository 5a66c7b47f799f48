import { resolve } from "node:path";
import type { ProjectCredential } from "@trunkline/contract";
import { Command } from "commander";
import { CommandError } from "../command-error.ts";
import { EXIT } from "../exit-code.ts";
import { projectNamed } from "../project/find-project.ts";
import { connect, hints, type CommandContext } from "./context.ts";
import { isRedirected, readText, readTextFile } from "./piped-text.ts";

const MAX_LENGTH = 50_000;

interface Options {
  username?: string;
  sshKey?: string;
  knownHosts?: string;
  remove?: true;
  json?: true;
}

export function credentialCommand(context: CommandContext): Command {
  return new Command("credential")
    .summary("store what a project's fetches and pushes sign in with")
    .description(
      "Store a token, read from a pipe, or an ssh key. The server keeps it encrypted and never shows it again; no command of " +
        "a task can read it.",
    )
    .argument("<name>", "name of the project")
    .option("--username <name>", "user name to send with the token, for servers that want one")
    .option("--ssh-key <file>", "private key without a passphrase")
    .option("--known-hosts <file>", "lines of known_hosts for the git server, with --ssh-key")
    .option("--remove", "remove the stored one")
    .option("--json", "print the project as JSON")
    .action(async (name: string, options: Options, command: Command) => {
      const { out } = context.terminal;
      const client = connect(context, command);
      const credential = options.remove === true ? null : await readCredential(context, name, options);
      const { id: projectId } = await projectNamed(client, name, hints(context));
      const project =
        credential === null
          ? await client.project.removeCredential.mutate({ projectId })
          : await client.project.setCredential.mutate({ projectId, credential });
      const done = credential === null ? `Removed the credential of ${name}.` : `Stored for ${name}.`;
      await out.write(options.json ? `${JSON.stringify(project)}\n` : `${done}\n`);
    });
}

/** Never from an argument: other users of the machine see those, and shells keep them. */
async function readCredential(
  context: CommandContext,
  name: string,
  { username, sshKey, knownHosts }: Options,
): Promise<ProjectCredential> {
  if (sshKey !== undefined) {
    if (knownHosts === undefined) {
      throw new CommandError(
        EXIT.usage,
        "Add --known-hosts FILE: `ssh-keyscan HOST` prints the lines; check them against what the git server publishes.",
      );
    }
    return {
      kind: "ssh-key",
      privateKey: await readTextFile(resolve(sshKey), MAX_LENGTH),
      knownHosts: await readTextFile(resolve(knownHosts), MAX_LENGTH),
    };
  }
  const { in: stdin } = context.terminal;
  if (!isRedirected(stdin)) {
    const piped = hints(context)("project", "credential", name);
    throw new CommandError(
      EXIT.usage,
      `Pipe the token, so that no shell keeps it: pass show TOKEN | ${piped}`,
    );
  }
  const secret = (await readText(stdin, "The token", MAX_LENGTH)).trim();
  return { kind: "token", secret, ...(username !== undefined && { username }) };
}
