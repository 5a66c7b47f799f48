import { createClient, type TrunklineClient } from "@trunkline/client";
import type { Command } from "commander";
import type { ExitCode } from "../exit-code.ts";
import { findTarget, type Target, type TargetOptions } from "../server/target.ts";
import type { Terminal } from "../terminal/terminal.ts";

/** What a command gets beside its own arguments, and what it leaves behind. */
export interface CommandContext {
  readonly terminal: Terminal;
  /** The server that was last called, for error messages. */
  target: Target | null;
  /** What the process will exit with, unless the command throws. */
  exitCode: ExitCode;
}

/** @throws CommandError where the options name no usable server */
export function connect(context: CommandContext, command: Command): TrunklineClient {
  context.target = findTarget(command.optsWithGlobals<TargetOptions>(), context.terminal.env);
  return createClient(context.target);
}
