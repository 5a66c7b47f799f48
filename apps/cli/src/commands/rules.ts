import { type ApprovalRule, type RuleEffect, ruleInWords } from "@trunkline/contract";
import { Command, Option } from "commander";
import { CommandError } from "../command-error.ts";
import { EXIT } from "../exit-code.ts";
import { projectNamed } from "../project/find-project.ts";
import { askYesNo, canAsk } from "../terminal/ask.ts";
import { awaiting } from "../terminal/awaiting.ts";
import { formatAge } from "../terminal/duration.ts";
import { oneLine } from "../terminal/plain-text.ts";
import type { Column } from "../terminal/table.ts";
import { connect, type CommandContext, expiryOf, hints } from "./context.ts";
import { findSession } from "./find-id.ts";
import { printListing } from "./listing.ts";
import { parseId, parseSpan } from "./option-values.ts";

interface Place {
  session?: string;
  project?: string;
}

interface CreateOptions extends Place {
  tool?: string;
  command?: string;
  path?: string;
  host?: string;
  expires?: number;
  yes?: true;
  json?: true;
}

export function rulesCommand(context: CommandContext): Command {
  return new Command("rules")
    .summary("approval rules: what runs, asks or is denied")
    .description(
      "Rules decide on tool calls before anybody is asked. What a rule denies nothing allows; among the others, those of a " +
        "session come before those of its project, and these before yours and the operator's. They hold in your sessions alone.",
    )
    .addCommand(listCommand(context))
    .addCommand(createCommand(context, "allow", "let calls run without asking"))
    .addCommand(createCommand(context, "ask", "ask before calls"))
    .addCommand(createCommand(context, "deny", "deny calls"))
    .addCommand(deleteCommand(context));
}

function listCommand(context: CommandContext): Command {
  return new Command("list")
    .summary("list rules, the most specific first")
    .description("List your rules and the operator's, the most specific first.")
    .option("-s, --session <id>", "those that hold in this session", parseId("sessions"))
    .option("--json", "print one rule per line as JSON")
    .action(async (options: Place & { json?: true }, command: Command) => {
      const client = connect(context, command);
      const sessionId =
        options.session === undefined ? undefined : await findSession(context, client, options.session);
      const listing = client.rule.list.query({ sessionId });
      const { items } = await awaiting(context.terminal.err, "Loading", listing);
      await printListing(
        context.terminal,
        { items, hasMore: false },
        { columns: ruleColumns(context.clock.now()), json: options.json === true, none: "No rules." },
      );
    });
}

function createCommand(context: CommandContext, effect: RuleEffect, summary: string): Command {
  return new Command(effect)
    .summary(summary)
    .description(
      `Add a rule: ${summary}. Name a tool, a command, a path or a host. At a terminal the rule is shown before it is saved.`,
    )
    .option("--tool <name>", "the tool; * stands for any characters")
    .addOption(
      new Option(
        "--command <words>",
        "a command; * stands for any text, a last * for any more arguments",
      ).conflicts(["path", "host"]),
    )
    .addOption(new Option("--path <glob>", "files, such as 'src/**'").conflicts("host"))
    .option("--host <host>", "the host of an address, such as '*.example.com'")
    .addOption(
      new Option("-s, --session <id>", "only in this session and its later forks")
        .argParser(parseId("sessions"))
        .conflicts("project"),
    )
    .option("--project <name>", "only in your sessions of this project")
    .option("--expires <span>", "how long it holds: 12h, 30d, 8w (default: until it is deleted)", parseSpan)
    .option("-y, --yes", "don't ask")
    .option("--json", "print the rule as JSON")
    .action(async (options: CreateOptions, command: Command) => {
      const { terminal } = context;
      const { tool, command: pattern, path, host, expires } = options;
      const terms = { effect, tool, pattern, path, host };
      const level =
        options.session !== undefined ? "session" : options.project !== undefined ? "project" : "user";
      if ([tool, pattern, path, host].every((term) => term === undefined)) {
        throw new CommandError(
          EXIT.usage,
          "Name a tool, a command, a path or a host; --tool '*' is every tool.",
        );
      }
      const client = connect(context, command);
      const { session, project } = options;
      const place = {
        ...(session !== undefined && { sessionId: await findSession(context, client, session) }),
        ...(project !== undefined && {
          projectId: (await projectNamed(client, project, hints(context))).id,
        }),
      };
      if (options.yes !== true && canAsk(terminal)) {
        const question = `${oneLine(ruleInWords({ ...terms, level }))}?`;
        if (!(await askYesNo(terminal, question, { otherwise: false }))) {
          context.exitCode = EXIT.canceled;
          return await terminal.err.write("Not saved.\n");
        }
      }
      const expiresAt = await expiryOf(context, client, expires);
      const rule = await client.rule.create.mutate({ ...terms, ...place, expiresAt });
      const text = options.json ? JSON.stringify(rule) : `Saved: ${oneLine(ruleInWords(rule))}`;
      return await terminal.out.write(`${text}\n`);
    });
}

function deleteCommand(context: CommandContext): Command {
  return new Command("delete")
    .summary("delete a rule")
    .description("Delete a rule. It no longer holds from the next call on.")
    .argument("<rule>", "id of the rule, as rules list prints it")
    .option("-s, --session <id>", "the session that it is a rule of", parseId("sessions"))
    .option("--json", "print the deleted rule as JSON")
    .action(async (ruleId: string, options: Place & { json?: true }, command: Command) => {
      const client = connect(context, command);
      const sessionId =
        options.session === undefined ? undefined : await findSession(context, client, options.session);
      const rule = await client.rule.delete.mutate({ ruleId, sessionId });
      const text = options.json ? JSON.stringify(rule) : `Deleted: ${oneLine(ruleInWords(rule))}`;
      return await context.terminal.out.write(`${text}\n`);
    });
}

function ruleColumns(nowMs: number): Column<ApprovalRule>[] {
  return [
    { title: "RULE", cell: ({ id }) => id },
    {
      title: "EXPIRES",
      cell: ({ expiresAt }) =>
        expiresAt === null ? "never" : expiresAt <= nowMs ? "expired" : `in ${formatAge(expiresAt - nowMs)}`,
      spare: true,
    },
    { title: "WHAT", cell: (rule) => oneLine(ruleInWords(rule)) },
  ];
}
