import { runCli } from "./cli.ts";
import { processTerminal } from "./terminal/terminal.ts";

const exitCode = await runCli(process.argv.slice(2), processTerminal());
// A server that failed to start has already printed why.
process.exitCode ||= exitCode;
