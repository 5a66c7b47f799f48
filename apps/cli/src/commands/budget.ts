import {
  type BudgetKind,
  budgetAmount,
  type BudgetLimits,
  type BudgetRef,
  type BudgetState,
  type Spent,
  smallerLimits,
} from "@trunkline/contract";
import { Command, Option } from "commander";
import { findUser } from "../access/find-user.ts";
import { CommandError } from "../command-error.ts";
import { EXIT } from "../exit-code.ts";
import { projectNamed } from "../project/find-project.ts";
import { awaiting } from "../terminal/awaiting.ts";
import { parseBudget } from "./budget-limits.ts";
import { connect, hints, type CommandContext } from "./context.ts";
import { findSession } from "./find-id.ts";
import { parseId } from "./option-values.ts";

interface BudgetOptions {
  session?: string;
  project?: string;
  user?: string;
  server?: true;
  month?: true;
  json?: true;
}

export function budgetCommand(context: CommandContext): Command {
  return new Command("budget")
    .summary("show or set a budget")
    .description(
      "Show a budget and what is used of it, or set it: yours, or that of a session, project, user or the server. Tasks end " +
        "cleanly once it is used up. A user's and the server's need a token with the admin scope.",
    )
    .argument(
      "[limits]",
      "new limits, e.g. 20usd,8h (usd, steps, tokens, m, h, d); none removes them",
      (text: string) => (text === "none" ? {} : parseBudget(text)),
    )
    .option("-s, --session <id>", "of this session", parseId("sessions"))
    .addOption(new Option("--project <name>", "of this project").conflicts("session"))
    .addOption(new Option("--user <name>", "of this user").conflicts(["session", "project"]))
    .addOption(new Option("--server", "of all users together").conflicts(["session", "project", "user"]))
    .option("--month", "limit each calendar month (UTC) instead of everything ever used")
    .option("--json", "print the budget as JSON")
    .action(async (limits: BudgetLimits | undefined, options: BudgetOptions, command: Command) => {
      const { out, err } = context.terminal;
      if (options.month === true && limits === undefined) {
        throw new CommandError(EXIT.usage, "--month sets a limit: say which, e.g. budget 20usd --month.");
      }
      const client = connect(context, command);
      const ref = await budgetOf(options, context, client);
      const period = options.month === true ? "month" : "total";
      const budget = await (limits === undefined
        ? awaiting(err, "Adding up", client.budget.get.query(ref))
        : awaiting(err, "Setting the budget", client.budget.set.mutate({ ...ref, [period]: limits })));
      await out.write(options.json === true ? `${JSON.stringify(budget)}\n` : budgetText(budget));
    });
}

async function budgetOf(
  { session, project, user, server }: BudgetOptions,
  context: CommandContext,
  client: ReturnType<typeof connect>,
): Promise<BudgetRef> {
  if (session !== undefined) return { scope: "session", id: await findSession(context, client, session) };
  if (project !== undefined) {
    return { scope: "project", id: (await projectNamed(client, project, hints(context))).id };
  }
  if (user !== undefined) return { scope: "user", id: (await findUser(client, user)).id };
  return { scope: server === true ? "server" : "user" };
}

const KINDS = [
  ["cost", "costUsd"],
  ["tokens", "tokens"],
  ["steps", "steps"],
  ["duration", "durationMs"],
] as const satisfies readonly (readonly [BudgetKind, keyof Spent])[];

function budgetText({ total, month, operator, spent }: BudgetState): string {
  return [
    ...periodLines("Total", spent.total, smallerLimits(total, operator.total)),
    ...periodLines("This month", spent.month, smallerLimits(month, operator.month)),
  ]
    .map((line) => `${line}\n`)
    .join("");
}

function periodLines(title: string, spent: Spent, limits: BudgetLimits): string[] {
  const lines = KINDS.map(([kind, name]) => {
    const limit = limits[name];
    const bound = limit === undefined ? "" : ` of ${budgetAmount(kind, limit)}`;
    return `  ${budgetAmount(kind, spent[name])}${bound}`;
  });
  return [title, ...lines];
}
