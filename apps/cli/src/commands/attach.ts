import { endStateOf, followSession } from "@trunkline/client";
import { isTerminalTaskState, type TerminalTaskState } from "@trunkline/contract";
import { Command } from "commander";
import { openAnswerPrompt } from "../approvals/answer-prompt.ts";
import { EXIT, EXIT_CODE_OF_STATE } from "../exit-code.ts";
import { listenForInterrupt } from "../terminal/interrupt.ts";
import { awaiting } from "../terminal/awaiting.ts";
import { openMessageLine } from "../messages/message-line.ts";
import { isHandedOver } from "../transcript/task-row.ts";
import { openJsonView, openTranscriptView } from "../transcript/event-view.ts";
import { connect, hints, type CommandContext } from "./context.ts";
import { describeDetached } from "./detached-hint.ts";
import { findSession, LAST } from "./find-id.ts";
import { parseId, parseWholeNumber } from "./option-values.ts";

interface AttachOptions {
  after: number;
  follow?: true;
  json?: true;
}

export function attachCommand(context: CommandContext): Command {
  return new Command("attach")
    .summary("show a session and watch it")
    .description(
      "Show what happened in a session, and watch it until it is idle. The exit code is that of its last task. " +
        "In a terminal, what you type is a message to the session: Enter queues it, /steer and /now send it to the running task, " +
        "/help lists the rest. Ctrl-X stops the task. Ctrl-C stops watching; the session keeps running.",
    )
    .argument("[session]", "id of the session (default: the latest)", parseId("sessions"))
    .option("--after <seq>", "skip events up to this one", parseWholeNumber(0, Number.MAX_SAFE_INTEGER), 0)
    .option("--follow", "keep watching while the session is idle, until Ctrl-C")
    .option("--json", "print one event per line as JSON, and nothing else")
    .action(async (chosen: string | undefined, options: AttachOptions, command: Command) => {
      const { terminal } = context;
      const client = connect(context, command);
      const sessionId = await findSession(context, client, chosen ?? LAST);
      const reading = client.session.get.query({ sessionId });
      const { tasks } = await awaiting(terminal.err, "Loading the session", reading);
      const unfinished = new Set(
        tasks.filter(({ state }) => !isTerminalTaskState(state)).map(({ id }) => id),
      );
      let lastEnd: TerminalTaskState =
        tasks.map(({ state }) => state).find(isTerminalTaskState) ?? "completed";
      let finished = false;

      using interrupt = listenForInterrupt(terminal.out.gone);
      {
        await using answering = openAnswerPrompt(client, terminal, { enabled: options.json !== true });
        using view = options.json
          ? openJsonView(terminal)
          : openTranscriptView(terminal, { prompts: true, answering, command: hints(context) });
        const { after } = options;
        const { signal } = interrupt;
        await using messages = openMessageLine(client, terminal, {
          sessionId,
          enabled: options.json !== true,
          signal,
          isTaken: () => answering.isOpen,
          clear: async () => view.clear(),
          restore: () => view.settle(),
          onSent: (taskId) => void unfinished.add(taskId),
        });
        for await (const { events, live } of followSession(client, {
          sessionId,
          after,
          signal,
          onState: view.onState,
        })) {
          for (const event of events) {
            await messages.idle();
            await answering.see(event);
            await view.show(event);
            if (event.type === "task.submitted" && event.taskId !== null) unfinished.add(event.taskId);
            const end = endStateOf(event);
            if (end === null || event.taskId === null) continue;
            unfinished.delete(event.taskId);
            // The task that it was handed to goes on.
            if (!isHandedOver(event)) lastEnd = end;
          }
          await messages.idle();
          finished = live && unfinished.size === 0 && !options.follow;
          if (finished) break;
          view.settle();
          if (!live) continue;
          answering.settle();
          messages.settle();
        }
      }
      context.exitCode = finished ? EXIT_CODE_OF_STATE[lastEnd] : EXIT.detached;
      if (!finished && !terminal.out.gone.aborted) {
        await terminal.err.write(
          describeDetached("Detached. The session keeps running.", { sessionId }, hints(context)),
        );
      }
    });
}
