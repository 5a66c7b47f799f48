import { downloadPatch, type TrunklineClient } from "@trunkline/client";
import type { Published, PublishInput } from "@trunkline/contract";
import { Command, Option } from "commander";
import { awaiting } from "../terminal/awaiting.ts";
import { oneLine } from "../terminal/plain-text.ts";
import { connect, type CommandContext } from "./context.ts";
import { findSession } from "./find-id.ts";
import { parseId, parseTitle } from "./option-values.ts";
import { printBytes } from "./print-bytes.ts";

interface PublishOptions {
  pullRequest?: true;
  local?: true;
  patch?: true;
  branch?: string;
  base?: string;
  title?: string;
  body?: string;
  draft?: true;
  unshown?: true;
  json?: true;
}

export function publishCommand(context: CommandContext): Command {
  return new Command("publish")
    .summary("publish a session's work as a branch, pull request or patch")
    .description(
      "Push a session's work to its project's repository as a branch. What is not committed is committed first. Never touches " +
        "the branch that work is merged into, nor commits of others.",
    )
    .argument("[session]", "id of the session, its beginning, or last", parseId("sessions"))
    .option("--pull-request", "also open a pull or merge request")
    .addOption(
      new Option("--local", "create the branch in the project's directory instead").conflicts("pullRequest"),
    )
    .addOption(
      new Option("--patch", "print the changes as a patch for git am instead").conflicts([
        "pullRequest",
        "local",
        "branch",
        "json",
      ]),
    )
    .option("--branch <name>", "branch to publish to (default: the session's own)")
    .option("--base <branch>", "branch to merge into (default: the one that the session started from)")
    .option("--title <title>", "title of the request and of the commit (default: the session's)", parseTitle)
    .option("--body <text>", "text of the request")
    .option("--draft", "open the request as a draft")
    .option("--unshown", "also publish what the session's changes do not show")
    .option("--json", "print what was published as JSON")
    .action(async (given: string | undefined, options: PublishOptions, command: Command) => {
      const client = connect(context, command);
      const { out, err } = context.terminal;
      const sessionId = await findSession(context, client, given);
      if (options.patch === true) {
        const patch = await awaiting(err, "Making a patch", downloadPatch(client, { sessionId }));
        await printBytes(out, patch);
        return;
      }
      const published = await awaiting(err, "Publishing", publish(client, sessionId, options));
      await out.write(
        options.json === true ? `${JSON.stringify(published)}\n` : `${oneLine(describe(published))}\n`,
      );
    });
}

async function publish(
  client: TrunklineClient,
  sessionId: string,
  { branch, base, title, body, draft, unshown, pullRequest, local }: PublishOptions,
): Promise<Published> {
  const kind: PublishInput["kind"] =
    pullRequest === true ? "pull-request" : local === true ? "local" : "branch";
  return await client.session.publish.mutate({ sessionId, kind, branch, base, title, body, draft, unshown });
}

function describe({ kind, branch, url, commit }: Published): string {
  const what = `${branch} (${commit.slice(0, 12)})`;
  if (url !== null) return `Published ${what}: ${url}`;
  return kind === "local" ? `Created ${what} in the project's directory` : `Pushed ${what}`;
}
