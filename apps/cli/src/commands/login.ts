import { Command } from "commander";
import { requestSignInLink } from "../server/request-sign-in-link.ts";
import { findTarget, type TargetOptions } from "../server/target.ts";
import { awaiting } from "../terminal/awaiting.ts";
import { formatDuration } from "../terminal/duration.ts";
import type { CommandContext } from "./context.ts";

interface LoginOptions extends TargetOptions {
  json?: true;
}

export function loginCommand(context: CommandContext): Command {
  return new Command("login")
    .summary("print a link that signs a browser in")
    .description(
      "Print a link that signs a browser in, once. Whoever opens it first acts as you: do not share it.",
    )
    .option("--json", "print the link and how long it lasts as JSON")
    .action(async (options: LoginOptions, command: Command) => {
      const { out, err, env } = context.terminal;
      context.target = findTarget(command.optsWithGlobals<LoginOptions>(), env);
      const link = await awaiting(err, "asking for a link", requestSignInLink(context.target));
      if (options.json) return await out.write(`${JSON.stringify(link)}\n`);
      // The link alone, so that it can be piped into what opens it.
      await out.write(`${link.url}\n`);
      return await err.write(err.colors.dim(`It works once, and for ${formatDuration(link.expiresInMs)}\n`));
    });
}
