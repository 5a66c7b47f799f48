import type { Check, Publication } from "@trunkline/contract";
import { Command, Option } from "commander";
import { awaiting } from "../terminal/awaiting.ts";
import { askYesNo, canAsk } from "../terminal/ask.ts";
import type { Colors } from "../terminal/output.ts";
import { oneLine, plainText } from "../terminal/plain-text.ts";
import { connect, hints, type CommandContext } from "./context.ts";
import { findSession } from "./find-id.ts";
import { parseId } from "./option-values.ts";

interface ReviewOptions {
  submit?: true;
  note?: string;
  json?: true;
}

export function reviewCommand(context: CommandContext): Command {
  return new Command("review")
    .summary("see a published session's checks and review comments, and hand them to its agent")
    .description(
      "Ask the forge for the state of a session's pull or merge request, its checks and its review comments. What is new can be " +
        "submitted to the session as a task, which this asks about.",
    )
    .argument("[session]", "id of the session, its beginning, or last", parseId("sessions"))
    .option("--submit", "submit what is new without asking")
    .option("--note <text>", "your own words on it, for the agent")
    .addOption(new Option("--json", "print it as JSON").conflicts("submit"))
    .action(async (given: string | undefined, options: ReviewOptions, command: Command) => {
      const client = connect(context, command);
      const { terminal } = context;
      const sessionId = await findSession(context, client, given);
      const publication = await awaiting(
        terminal.err,
        "Asking the forge",
        client.session.publication.query({ sessionId }),
      );
      if (options.json === true) {
        await terminal.out.write(`${JSON.stringify(publication)}\n`);
        return;
      }
      await terminal.out.write(describe(publication, terminal.out.colors));
      const { feedback } = publication;
      if (feedback === null) return;
      const isWanted =
        options.submit === true ||
        (canAsk(terminal) && (await askYesNo(terminal, "Submit this to the agent?", { otherwise: false })));
      if (!isWanted) {
        const again = hints(context)("review", sessionId, "--submit");
        if (!canAsk(terminal)) await terminal.out.write(`To submit it to the agent:  ${again}\n`);
        return;
      }
      const { digest } = feedback;
      const { taskId } = await client.session.bringBack.mutate({ sessionId, digest, note: options.note });
      await terminal.out.write(`Submitted as task ${taskId}.\n`);
    });
}

const MARKS: Readonly<Record<string, string>> = {
  passed: "✓",
  failed: "✗",
  pending: "…",
  skipped: "-",
} satisfies Record<Check["state"], string>;

function describe({ published, request, checks, feedback }: Publication, colors: Colors): string {
  if (published === null) return "Nothing was published yet.\n";
  const lines = [
    request === null
      ? oneLine(`${published.branch} at ${published.commit.slice(0, 12)}: no pull or merge request`)
      : oneLine(
          `#${request.number} ${request.title} (${request.draft ? "draft, " : ""}${request.state})  ${request.url}`,
        ),
    ...checks.map(({ name, state }) => {
      const line = oneLine(`${MARKS[state] ?? state} ${name}`);
      return state === "failed" ? colors.red(line) : line;
    }),
    "",
    feedback === null ? "No new comments or failed checks." : plainText(feedback.prompt),
  ];
  return `${lines.join("\n")}\n`;
}
