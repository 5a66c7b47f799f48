import { endStateOf, followSession, type TrunklineClient } from "@trunkline/client";
import {
  type BudgetLimits,
  type Effort,
  EFFORTS,
  type SubmitTaskInput,
  type SubmitTaskOutput,
  type TerminalTaskState,
} from "@trunkline/contract";
import { Command, Option } from "commander";
import { openAnswerPrompt } from "../approvals/answer-prompt.ts";
import { EXIT, EXIT_CODE_OF_STATE } from "../exit-code.ts";
import { submitOnce } from "../messages/submit-once.ts";
import { type Choice, chooseWorkspace, type WorkspaceOptions } from "../project/choose-workspace.ts";
import { describeNext } from "../project/next-steps.ts";
import { ensureServer } from "../server/ensure-server.ts";
import type { TargetOptions } from "../server/target.ts";
import { awaiting } from "../terminal/awaiting.ts";
import { listenForInterrupt } from "../terminal/interrupt.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { openFinalView, openJsonView, openTranscriptView } from "../transcript/event-view.ts";
import { parseBudget } from "./budget-limits.ts";
import { connect, hints, type CommandContext } from "./context.ts";
import { describeDetached } from "./detached-hint.ts";
import { findSession, LAST } from "./find-id.ts";
import { parseId } from "./option-values.ts";
import { readAttachments, uploadAttachments } from "./attachments.ts";
import { PROMPT_HELP, readPrompt } from "./prompt-source.ts";

interface RunOptions extends WorkspaceOptions {
  file?: string;
  session?: string;
  continue?: true;
  model?: string;
  effort?: Effort;
  agent?: string;
  budget?: BudgetLimits;
  whenBusy: SubmitTaskInput["whenBusy"];
  attach?: string[];
  detach?: true;
  start?: true;
  json?: true;
  final?: true;
}

export function runCommand(context: CommandContext): Command {
  return new Command("run")
    .summary("submit a task and watch it")
    .description(
      `Submit a task and watch it until it ends. Ctrl-C stops watching; the task keeps running.\n\n${PROMPT_HELP}`,
    )
    .argument("[prompt...]", "what to do")
    .option("-f, --file <path>", "read the prompt from a file")
    .option("-s, --session <id>", "continue this session instead of a new one", parseId("sessions"))
    .addOption(new Option("-c, --continue", "continue the latest session").conflicts("session"))
    .addOption(
      new Option(
        "-C, --directory <dir>",
        "work on a copy of the git repository here (default: the current one)",
      ).conflicts(["session", "continue", "project"]),
    )
    .addOption(new Option("--project <name>", "work in this project").conflicts(["session", "continue"]))
    .option("--no-project", "start in an empty directory, even in a repository")
    .option("--base <ref>", "branch, tag or commit to start from (default: what is checked out)")
    .option("--include-uncommitted", "start with the changes that are not committed")
    .option("--no-include-uncommitted", "start without them, without asking")
    .option("--in-place", "work in the directory itself, not on a copy; only for a server's single user")
    .option("-y, --yes", "let sessions use the repository, without asking")
    .option("-m, --model <name>", "model to use, as provider:model")
    .addOption(new Option("--effort <level>", "how much the model thinks").choices(EFFORTS))
    .option("-a, --agent <name>", "agent to use: default, read-only (changes nothing), plan (writes a plan)")
    .option(
      "--budget <limits>",
      "end the task cleanly at any of these, e.g. 0.50usd,40steps,90m (usd, steps, tokens, m, h, d)",
      parseBudget,
    )
    .addOption(
      new Option("--when-busy <what>", "if the session is busy")
        .choices(["enqueue", "interrupt", "reject", "steer"])
        .default("enqueue"),
    )
    .addOption(
      new Option(
        "--steer",
        "hand the prompt to the running task after its current tool call (--when-busy steer)",
      ).implies({ whenBusy: "steer" }),
    )
    .option(
      "--attach <file>",
      "attach a file to the prompt; may be repeated",
      (file: string, before: string[] | undefined) => [...(before ?? []), file],
    )
    .option("-d, --detach", "submit only, don't watch")
    .option("--start", "start a server in the background if none is running, without asking")
    .addOption(
      new Option("--final", "print the final answer, and nothing else").conflicts(["json", "detach"]),
    )
    .option("--json", "print one event per line as JSON, and nothing else")
    .action(async (words: string[], options: RunOptions, command: Command) => {
      const { in: stdin, out, err } = context.terminal;
      const notify = (message: string): void => void err.write(`${err.colors.yellow(message)}\n`);
      const prompt = await readPrompt({ words, file: options.file, stdin, notify });
      const files = await readAttachments(options.attach ?? []);
      await ensureServer(context, command.optsWithGlobals<TargetOptions>(), {
        start: options.start === true,
      });
      const client = connect(context, command);
      const named = options.continue ? LAST : options.session;
      const sessionId = named === undefined ? undefined : await findSession(context, client, named);
      const after = await seqBefore(client, sessionId);
      const workspace = sessionId === undefined ? await chooseWorkspace(context, client, options) : {};

      const attachments = await uploadAttachments(client, files, err);
      using interrupt = listenForInterrupt(out.gone);
      const submitted = await submit(
        client,
        { ...options, prompt, sessionId, workspace, attachments },
        context.terminal,
        interrupt.signal,
      );
      if (options.detach) {
        const text = options.json
          ? JSON.stringify(submitted) + "\n"
          : describeDetached("Submitted.", submitted, hints(context));
        return await out.write(text);
      }
      const { steers } = submitted.task;
      const ended = await watch(client, { ...submitted, steers, after }, context, {
        view: options.json ? "json" : options.final ? "final" : "transcript",
        signal: interrupt.signal,
      });
      context.exitCode = ended === null ? EXIT.detached : EXIT_CODE_OF_STATE[ended];
    });
}

/** History of an existing session is not shown; the new task comes after it. */
async function seqBefore(client: TrunklineClient, sessionId: string | undefined): Promise<number> {
  return sessionId === undefined ? 0 : (await client.session.get.query({ sessionId })).lastSeq;
}

type Submission = Pick<RunOptions, "model" | "effort" | "agent" | "budget" | "whenBusy"> & {
  prompt: string;
  sessionId: string | undefined;
  workspace: Choice;
  attachments: SubmitTaskInput["attachments"];
};

/** A submit in flight may or may not have arrived, so the first Ctrl-C waits for the answer. */
async function submit(
  client: TrunklineClient,
  { prompt, sessionId, model, effort, agent, budget, whenBusy, workspace, attachments }: Submission,
  { err }: Terminal,
  signal: AbortSignal,
): Promise<SubmitTaskOutput> {
  const explain = (): void => {
    void err.write("Waiting for the server's answer. Press Ctrl-C again to leave without it.\n");
  };
  signal.addEventListener("abort", explain);
  try {
    const input = { prompt, sessionId, model, effort, agent, budget, whenBusy, attachments, ...workspace };
    return await awaiting(err, "Submitting", submitOnce(client, input));
  } finally {
    signal.removeEventListener("abort", explain);
  }
}

/**
 * Watches a task, and the one that it is a message for: handed over, it ends with that one.
 * @returns how the task ended; null if the user left first
 */
async function watch(
  client: TrunklineClient,
  {
    taskId: submittedId,
    steers,
    sessionId,
    after,
  }: { taskId: string; steers: string | undefined; sessionId: string; after: number },
  context: CommandContext,
  { view: kind, signal }: { view: "transcript" | "json" | "final"; signal: AbortSignal },
): Promise<TerminalTaskState | null> {
  const { terminal } = context;
  const { out, err } = terminal;
  const command = hints(context);
  let taskId = submittedId;
  const ended = await (async () => {
    await using answering = openAnswerPrompt(client, terminal, { enabled: kind !== "json" });
    using view =
      kind === "json"
        ? openJsonView(terminal)
        : kind === "final"
          ? openFinalView(terminal, { answering, command })
          : openTranscriptView(terminal, { prompts: false, answering, command });
    for await (const { events, live } of followSession(client, {
      sessionId,
      after,
      signal,
      onState: view.onState,
    })) {
      for (const event of events) {
        if (event.type === "task.steered" && event.data.steeredTaskId === taskId)
          taskId = event.taskId ?? taskId;
        if (event.taskId !== taskId && event.taskId !== steers) continue;
        await answering.see(event);
        await view.show(event);
        const end = endStateOf(event);
        if (end !== null && event.taskId === taskId) return end;
      }
      view.settle();
      if (live) answering.settle();
    }
    return null;
  })();

  if (ended === null && !out.gone.aborted) {
    await err.write(describeDetached("Detached. The task keeps running.", { sessionId, taskId }, command));
  }
  // In a pager or file it would be in the way.
  if (ended !== null && kind === "transcript" && out.isTerminal) {
    const { session } = await client.session.get.query({ sessionId });
    await err.write(err.colors.dim(`session ${sessionId}\n${describeNext(session, command)}`));
  }
  return ended;
}
