import { Command } from "commander";
import { requestSignInLink } from "../server/request-sign-in-link.ts";
import type { TargetOptions } from "../server/target.ts";
import { awaiting } from "../terminal/awaiting.ts";
import { formatDuration } from "../terminal/duration.ts";
import { oneLine } from "../terminal/plain-text.ts";
import { targetOf, type CommandContext } from "./context.ts";

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
      const { out, err } = context.terminal;
      const link = await awaiting(err, "Asking for a link", requestSignInLink(targetOf(context, command)));
      if (options.json) return await out.write(`${JSON.stringify(link)}\n`);
      // Alone on stdout, for piping.
      await out.write(`${oneLine(link.url)}\n`);
      return await err.write(err.colors.dim(`It works once, within ${formatDuration(link.expiresInMs)}.\n`));
    });
}
