import { createClient } from "@trunkline/client";
import { Command } from "commander";
import { CommandError } from "../command-error.ts";
import { EXIT } from "../exit-code.ts";
import { checkedFetch } from "../server/checked-fetch.ts";
import { secretVariable } from "../server/secret-variable.ts";
import { present } from "../server/data-dir.ts";
import { requestSignInLink } from "../server/request-sign-in-link.ts";
import {
  profileNamed,
  removeSavedLogin,
  savedLoginFile,
  savedProfiles,
  writeSavedLogin,
} from "../server/saved-login.ts";
import { checkToken, checkUrl, findTarget, type TargetOptions } from "../server/target.ts";
import { awaiting } from "../terminal/awaiting.ts";
import { formatDuration } from "../terminal/duration.ts";
import { oneLine } from "../terminal/plain-text.ts";
import { connect, hints, targetOf, type CommandContext } from "./context.ts";
import { isRedirected, readIfPiped } from "./piped-text.ts";

const MAX_TOKEN_LENGTH = 4_096;

interface LoginOptions extends TargetOptions {
  json?: true;
}

export function loginCommand(context: CommandContext): Command {
  return new Command("login")
    .summary("sign a browser in, or this terminal in to another server")
    .description(
      "Without an address: print a link that signs a browser in, once. Whoever opens it first acts as you: do not share it. " +
        "With an address: keep a token for that server, from a pipe, --token-file or TRUNKLINE_TOKEN; further commands go " +
        "there where no server runs on this machine, or, with --profile, wherever that profile is named. `logout` forgets it.",
    )
    .argument("[url]", "server to sign in to, e.g. https://agents.example.com")
    .option("--json", "print the link and how long it lasts as JSON")
    .action(async (url: string | undefined, options: LoginOptions, command: Command) => {
      if (url !== undefined) return await keepLogin(context, checkUrl(url), command);
      const { out, err } = context.terminal;
      const link = await awaiting(err, "Asking for a link", requestSignInLink(targetOf(context, command)));
      if (options.json) return await out.write(`${JSON.stringify(link)}\n`);
      // Alone on stdout, for piping.
      await out.write(`${oneLine(link.url)}\n`);
      return await err.write(err.colors.dim(`It works once, within ${formatDuration(link.expiresInMs)}.\n`));
    });
}

export function logoutCommand(context: CommandContext): Command {
  return new Command("logout")
    .summary("forget the server that `login URL` signed in to")
    .description(
      "Forget the server and the token that `login URL` kept. The token stays valid: `token revoke` ends it.",
    )
    .action(async (_options: TargetOptions, command: Command) => {
      const { out, env } = context.terminal;
      const profile = profileNamed(command.optsWithGlobals<TargetOptions>().profile, env);
      removeSavedLogin(env, profile);
      await out.write(profile === undefined ? "Forgotten.\n" : `Forgotten: profile ${profile}.\n`);
    });
}

export function whoamiCommand(context: CommandContext): Command {
  return new Command("whoami")
    .summary("say who you are, and to which server")
    .description("Say which server commands go to, as whom, and where the token is from.")
    .option("--json", "print it as JSON")
    .action(async ({ json }: { json?: true }, command: Command) => {
      const { out } = context.terminal;
      const me = await connect(context, command).user.me.query();
      const { url, tokenSource } = targetOf(context, command);
      if (json) return await out.write(`${JSON.stringify({ url, tokenSource, ...me })}\n`);
      await out.write(`${oneLine(me.name)} at ${oneLine(url)}\n`);
      await out.write(`  may:    ${me.scopes.join(", ")}\n  token:  ${oneLine(tokenSource ?? "none")}\n`);
      const profiles = savedProfiles(context.terminal.env);
      return profiles.length === 0
        ? undefined
        : await out.write(`  saved:  ${profiles.map((name) => `--profile ${name}`).join(", ")}\n`);
    });
}

/** Only once the server has accepted the token. @throws CommandError, TrunklineApiError */
async function keepLogin(context: CommandContext, url: string, command: Command): Promise<void> {
  const { out, env, in: input } = context.terminal;
  const options = command.optsWithGlobals<TargetOptions>();
  const isGiven = options.tokenFile !== undefined || secretVariable("TRUNKLINE_TOKEN", env) !== undefined;
  const token = isGiven
    ? findTarget({ ...options, url }, env, { command: hints(context) }).token
    : present((isRedirected(input) ? await readIfPiped(input, MAX_TOKEN_LENGTH) : null)?.trim());
  if (token === undefined) {
    throw new CommandError(
      EXIT.usage,
      "A token is needed, from a pipe, so that the shell's history does not have it: pass show trunkline | trunkline login URL. " +
        "Create one in the browser: Settings, Tokens.",
    );
  }
  checkToken(token, "the pipe");
  context.target = { url, token, tokenSource: "this login", tokenKept: null };
  const me = await createClient({ url, token, fetch: checkedFetch(context.clock.fetch) }).user.me.query();
  const profile = profileNamed(options.profile, env);
  writeSavedLogin(env, { url, token }, profile);
  await out.write(
    `Signed in to ${oneLine(url)} as ${oneLine(me.name)}. Kept in ${savedLoginFile(env, profile)}.\n`,
  );
}
