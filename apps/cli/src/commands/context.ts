import { createClient, type TrunklineClient } from "@trunkline/client";
import type { Command } from "commander";
import type { ExitCode } from "../exit-code.ts";
import { findTarget, type Target, type TargetOptions } from "../server/target.ts";
import { commandLine } from "../terminal/command-line.ts";
import type { Terminal } from "../terminal/terminal.ts";

/** What a command gets beside its own arguments, and what it leaves behind. */
export interface CommandContext {
  readonly terminal: Terminal;
  /** Which server the command line names, once it is parsed. */
  options: TargetOptions;
  /** The server that was last called, for error messages. */
  target: Target | null;
  /** What the process will exit with, unless the command throws. */
  exitCode: ExitCode;
}

/** @throws CommandError where the options name no usable server */
export function connect(context: CommandContext, command: Command): TrunklineClient {
  return createClient(targetOf(context, command));
}

/** @throws CommandError where the options name no usable server */
export function targetOf(context: CommandContext, command: Command): Target {
  const options = command.optsWithGlobals<TargetOptions>();
  context.target = findTarget(options, context.terminal.env, { command: hints(context) });
  return context.target;
}

/** @returns what makes a command line of ours that does the same in the user's shell: it names the same server. */
export function hints({ terminal: { program }, options }: CommandContext): (...words: string[]) => string {
  const given = [
    ["--url", options.url],
    ["--token-file", options.tokenFile],
    ["--data-dir", options.dataDir],
  ] as const;
  const flags = given.flatMap(([flag, value]) => (value === undefined ? [] : [flag, value]));
  return (...words) => commandLine([...program, ...words, ...flags]);
}
