import { endStateOf, followSession } from "@trunkline/client";
import type { SubmitTaskInput, TerminalTaskState } from "@trunkline/contract";
import { Command, Option } from "commander";
import { EXIT, EXIT_CODE_OF_STATE } from "../exit-code.ts";
import { listenForInterrupt } from "../terminal/interrupt.ts";
import { openJsonView, openTranscriptView } from "../transcript/event-view.ts";
import { connect, type CommandContext } from "./context.ts";
import { describeDetached } from "./detached-hint.ts";
import { readPrompt } from "./prompt-source.ts";

interface RunOptions {
  file?: string;
  session?: string;
  model?: string;
  whenBusy: SubmitTaskInput["whenBusy"];
  detach?: true;
  json?: true;
}

export function runCommand(context: CommandContext): Command {
  return new Command("run")
    .summary("submit a task and watch it")
    .description(
      "Submit a task and watch it until it ends. Ctrl-C stops watching; the task goes on.\n\n" +
        "The prompt is the words given, the file, and what is piped in where '-' is among the words\n" +
        "or nothing else is given.",
    )
    .argument("[prompt...]", "what to do")
    .option("-f, --file <path>", "read the prompt from a file")
    .option("-s, --session <id>", "go on in this session instead of a new one")
    .option("-m, --model <name>", "model to use, as provider:model")
    .addOption(
      new Option("--when-busy <what>", "what to do while the session has another task")
        .choices(["enqueue", "interrupt", "reject"])
        .default("enqueue"),
    )
    .option("-d, --detach", "submit only, do not watch")
    .option("--json", "print one event per line as JSON, and nothing else")
    .action(async (words: string[], options: RunOptions, command: Command) => {
      const { terminal } = context;
      const prompt = await readPrompt({ words, file: options.file, stdin: terminal.in });
      const client = connect(context, command);
      // A session that exists has a past; what is after it cannot miss the new task.
      const after =
        options.session === undefined
          ? 0
          : (await client.session.get.query({ sessionId: options.session })).lastSeq;

      using interrupt = listenForInterrupt(terminal.out.gone);
      const submitted = await client.task.submit.mutate({
        prompt,
        sessionId: options.session,
        model: options.model,
        whenBusy: options.whenBusy,
      });
      const { taskId, sessionId } = submitted;
      if (options.detach) {
        await terminal.out.write(
          options.json
            ? `${JSON.stringify(submitted)}\n`
            : describeDetached("Submitted.", { sessionId, taskId }),
        );
        return;
      }

      let ended: TerminalTaskState | null = null;
      {
        using view = options.json ? openJsonView(terminal) : openTranscriptView(terminal, { prompts: false });
        const { signal } = interrupt;
        const batches = followSession(client, { sessionId, after, signal, onState: view.onState });
        watching: for await (const { events } of batches) {
          for (const event of events) {
            if (event.taskId !== taskId) continue;
            await view.show(event);
            ended = endStateOf(event);
            if (ended !== null) break watching;
          }
          view.settle();
        }
      }
      if (ended !== null) {
        context.exitCode = EXIT_CODE_OF_STATE[ended];
        if (!options.json) await terminal.err.write(terminal.err.colors.dim(`session ${sessionId}\n`));
        return;
      }
      context.exitCode = EXIT.detached;
      if (!terminal.out.gone.aborted) {
        await terminal.err.write(describeDetached("Detached; the task goes on.", { sessionId, taskId }));
      }
    });
}
