import { endStateOf, followSession, type TrunklineClient } from "@trunkline/client";
import type { SubmitTaskInput, SubmitTaskOutput, TerminalTaskState } from "@trunkline/contract";
import { Command, Option } from "commander";
import { openAnswerKeys } from "../approvals/answer-keys.ts";
import { EXIT, EXIT_CODE_OF_STATE } from "../exit-code.ts";
import { ensureServer } from "../server/ensure-server.ts";
import type { TargetOptions } from "../server/target.ts";
import { awaiting } from "../terminal/awaiting.ts";
import { listenForInterrupt } from "../terminal/interrupt.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { openJsonView, openTranscriptView } from "../transcript/event-view.ts";
import { connect, type CommandContext } from "./context.ts";
import { describeDetached } from "./detached-hint.ts";
import { newestSession } from "./newest-session.ts";
import { parseId } from "./option-values.ts";
import { readPrompt } from "./prompt-source.ts";

interface RunOptions {
  file?: string;
  session?: string;
  continue?: true;
  model?: string;
  whenBusy: SubmitTaskInput["whenBusy"];
  detach?: true;
  start?: true;
  json?: true;
}

export function runCommand(context: CommandContext): Command {
  return new Command("run")
    .summary("submit a task and watch it")
    .description(
      "Submit a task and watch it until it ends. Ctrl-C stops watching; the task goes on.\n\n" +
        "The prompt is the words given, the file, and what is piped in where '-' is among the words " +
        "or nothing else is given.",
    )
    .argument("[prompt...]", "what to do")
    .option("-f, --file <path>", "read the prompt from a file")
    .option("-s, --session <id>", "go on in this session instead of a new one", parseId("sessions"))
    .addOption(new Option("-c, --continue", "go on in the session that changed last").conflicts("session"))
    .option("-m, --model <name>", "model to use, as provider:model")
    .addOption(
      new Option("--when-busy <what>", "what to do while the session has another task")
        .choices(["enqueue", "interrupt", "reject"])
        .default("enqueue"),
    )
    .option("-d, --detach", "submit only, do not watch")
    .option("--start", "start a server in the background where none runs here, without asking")
    .option("--json", "print one event per line as JSON, and nothing else")
    .action(async (words: string[], options: RunOptions, command: Command) => {
      const { in: stdin, out } = context.terminal;
      const prompt = await readPrompt({ words, file: options.file, stdin });
      await ensureServer(context.terminal, command.optsWithGlobals<TargetOptions>(), {
        start: options.start === true,
      });
      const client = connect(context, command);
      const sessionId = options.continue ? await newestSession(client) : options.session;
      const after = await seqBefore(client, sessionId);

      using interrupt = listenForInterrupt(out.gone);
      const submitted = await submit(
        client,
        { ...options, prompt, sessionId },
        context.terminal,
        interrupt.signal,
      );
      if (options.detach) {
        const text = options.json
          ? JSON.stringify(submitted) + "\n"
          : describeDetached("Submitted.", submitted);
        return await out.write(text);
      }
      const ended = await watch(client, { ...submitted, after }, context.terminal, {
        json: options.json === true,
        signal: interrupt.signal,
      });
      context.exitCode = ended === null ? EXIT.detached : EXIT_CODE_OF_STATE[ended];
    });
}

/** A session that exists has a past; whatever comes after it cannot miss the new task. */
async function seqBefore(client: TrunklineClient, sessionId: string | undefined): Promise<number> {
  return sessionId === undefined ? 0 : (await client.session.get.query({ sessionId })).lastSeq;
}

/** Once it is on its way nobody knows whether it got there, so a first Ctrl-C does not end it. */
async function submit(
  client: TrunklineClient,
  { prompt, sessionId, model, whenBusy }: RunOptions & { prompt: string; sessionId: string | undefined },
  { err }: Terminal,
  signal: AbortSignal,
): Promise<SubmitTaskOutput> {
  const explain = (): void => {
    void err.write("Waiting for the server's answer; Ctrl-C again leaves without it\n");
  };
  signal.addEventListener("abort", explain);
  try {
    const submitting = client.task.submit.mutate({ prompt, sessionId, model, whenBusy });
    return await awaiting(err, "submitting", submitting);
  } finally {
    signal.removeEventListener("abort", explain);
  }
}

/** @returns how the task ended; null where the person left before */
async function watch(
  client: TrunklineClient,
  { taskId, sessionId, after }: { taskId: string; sessionId: string; after: number },
  terminal: Terminal,
  { json, signal }: { json: boolean; signal: AbortSignal },
): Promise<TerminalTaskState | null> {
  const { out, err } = terminal;
  const ended = await (async () => {
    using view = json ? openJsonView(terminal) : openTranscriptView(terminal, { prompts: false });
    using keys = json ? null : openAnswerKeys(client, terminal);
    for await (const { events, live } of followSession(client, {
      sessionId,
      after,
      signal,
      onState: view.onState,
    })) {
      for (const event of events) {
        if (event.taskId !== taskId) continue;
        await view.show(event);
        keys?.see(event);
        const end = endStateOf(event);
        if (end !== null) return end;
      }
      view.settle();
      if (live) keys?.settle();
    }
    return null;
  })();

  if (ended === null && !out.gone.aborted) {
    await err.write(describeDetached("Detached; the task goes on.", { sessionId, taskId }));
  }
  // Beside a pager or a file it would stand in the way.
  if (ended !== null && !json && out.isTerminal) await err.write(err.colors.dim(`session ${sessionId}\n`));
  return ended;
}
