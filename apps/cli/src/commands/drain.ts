import { Command } from "commander";
import { connect, type CommandContext } from "./context.ts";

export function drainCommand(context: CommandContext): Command {
  return new Command("drain")
    .summary("let a server finish its tasks, and start no more")
    .description(
      "Stop the server from starting tasks; running ones continue, and other servers on the same database run what is " +
        "queued. Its /ready then answers 503, so that a load balancer sends requests elsewhere. Needs an admin token.",
    )
    .option("--undo", "let it start tasks again")
    .option("--json", "print the server's state as JSON")
    .action(async (options: { undo?: true; json?: true }, command: Command) => {
      const client = connect(context, command);
      const state = await client.server.drain.mutate({ draining: options.undo !== true });
      const tasks = `${state.running} ${state.running === 1 ? "task" : "tasks"} running`;
      await context.terminal.out.write(
        options.json
          ? `${JSON.stringify(state)}\n`
          : `${state.node} ${state.draining ? "is draining" : "starts tasks again"}: ${tasks}.\n`,
      );
    });
}
