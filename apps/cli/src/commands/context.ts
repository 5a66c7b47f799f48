import { createClient, type TrunklineClient } from "@trunkline/client";
import type { Command } from "commander";
import type { ExitCode } from "../exit-code.ts";
import { checkedFetch } from "../server/checked-fetch.ts";
import type { ServerClock } from "../server/server-clock.ts";
import { findTarget, type Target, type TargetOptions } from "../server/target.ts";
import { commandLine } from "../terminal/command-line.ts";
import type { Terminal } from "../terminal/terminal.ts";

/** What every command gets besides its own arguments. */
export interface CommandContext {
  readonly terminal: Terminal;
  /** Of the server that answered last. */
  readonly clock: ServerClock;
  /** The server that the command line names, once parsed. */
  options: TargetOptions;
  /** The server called last, for error messages. */
  target: Target | null;
  /** Exit code of the process, unless the command throws. */
  exitCode: ExitCode;
}

/** @throws CommandError if the options name no usable server */
export function connect(context: CommandContext, command: Command): TrunklineClient {
  return createClient({ ...targetOf(context, command), fetch: checkedFetch(context.clock.fetch) });
}

/**
 * When something that is made now expires, by the server's clock, which any of its answers tells.
 *
 * @param span its lifetime in ms; undefined: none
 */
export async function expiryOf(
  { clock }: CommandContext,
  client: TrunklineClient,
  span: number | undefined,
): Promise<number | null> {
  if (span === undefined) return null;
  await client.user.me.query();
  return clock.now() + span;
}

/** @throws CommandError if the options name no usable server */
export function targetOf(context: CommandContext, command: Command): Target {
  const options = command.optsWithGlobals<TargetOptions>();
  context.target = findTarget(options, context.terminal.env, { command: hints(context) });
  return context.target;
}

/** @returns a function that builds a command line for the user's shell, addressing the same server. */
export function hints({ terminal: { program }, options }: CommandContext): (...words: string[]) => string {
  const given = [
    ["--url", options.url],
    ["--token-file", options.tokenFile],
    ["--data-dir", options.dataDir],
    ["--profile", options.profile],
  ] as const;
  const flags = given.flatMap(([flag, value]) => (value === undefined ? [] : [flag, value]));
  return (...words) => commandLine([...program, ...words, ...flags]);
}
