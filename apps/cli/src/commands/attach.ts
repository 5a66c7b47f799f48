import { endStateOf, followSession } from "@trunkline/client";
import { isTerminalTaskState, type TerminalTaskState } from "@trunkline/contract";
import { Command } from "commander";
import { openAnswerKeys } from "../approvals/answer-keys.ts";
import { EXIT, EXIT_CODE_OF_STATE } from "../exit-code.ts";
import { listenForInterrupt } from "../terminal/interrupt.ts";
import { awaiting } from "../terminal/awaiting.ts";
import { openJsonView, openTranscriptView } from "../transcript/event-view.ts";
import { connect, type CommandContext } from "./context.ts";
import { describeDetached } from "./detached-hint.ts";
import { newestSession } from "./newest-session.ts";
import { parseId, parseWholeNumber } from "./option-values.ts";

interface AttachOptions {
  after: number;
  follow?: true;
  json?: true;
}

export function attachCommand(context: CommandContext): Command {
  return new Command("attach")
    .summary("show a session and watch what it does")
    .description(
      "Show what happened in a session, and watch until it has nothing left to do. " +
        "The exit code tells how its last task ended. Ctrl-C stops watching; the session goes on.",
    )
    .argument("[session]", "id of the session (else the one that changed last)", parseId("sessions"))
    .option(
      "--after <seq>",
      "leave out events up to this one",
      parseWholeNumber(0, Number.MAX_SAFE_INTEGER),
      0,
    )
    .option("--follow", "stay when there is nothing left to do, until Ctrl-C")
    .option("--json", "print one event per line as JSON, and nothing else")
    .action(async (chosen: string | undefined, options: AttachOptions, command: Command) => {
      const { terminal } = context;
      const client = connect(context, command);
      const sessionId = chosen ?? (await newestSession(client));
      const reading = client.session.get.query({ sessionId });
      const { tasks } = await awaiting(terminal.err, "reading the session", reading);
      const unfinished = new Set(
        tasks.filter(({ state }) => !isTerminalTaskState(state)).map(({ id }) => id),
      );
      let lastEnd: TerminalTaskState =
        tasks.map(({ state }) => state).find(isTerminalTaskState) ?? "completed";
      let finished = false;

      using interrupt = listenForInterrupt(terminal.out.gone);
      {
        using view = options.json ? openJsonView(terminal) : openTranscriptView(terminal, { prompts: true });
        using keys = options.json ? null : openAnswerKeys(client, terminal);
        const { after } = options;
        const { signal } = interrupt;
        for await (const { events, live } of followSession(client, {
          sessionId,
          after,
          signal,
          onState: view.onState,
        })) {
          for (const event of events) {
            await view.show(event);
            keys?.see(event);
            if (event.type === "task.submitted" && event.taskId !== null) unfinished.add(event.taskId);
            const end = endStateOf(event);
            if (end === null || event.taskId === null) continue;
            unfinished.delete(event.taskId);
            lastEnd = end;
          }
          finished = live && unfinished.size === 0 && !options.follow;
          if (finished) break;
          view.settle();
          if (live) keys?.settle();
        }
      }
      context.exitCode = finished ? EXIT_CODE_OF_STATE[lastEnd] : EXIT.detached;
      if (!finished && !terminal.out.gone.aborted) {
        await terminal.err.write(describeDetached("Detached; the session goes on.", { sessionId }));
      }
    });
}
