import { runCli } from "./cli.ts";
import { processTerminal } from "./terminal/terminal.ts";

const exitCode = await runCli(process.argv.slice(2), processTerminal());
// A server that could not start has said so already.
process.exitCode ||= exitCode;
