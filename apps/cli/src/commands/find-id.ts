import type { TrunklineClient } from "@trunkline/client";
import type { Approval, Question, Session, Task } from "@trunkline/contract";
import { CommandError } from "../command-error.ts";
import { EXIT } from "../exit-code.ts";
import { ask, canAsk } from "../terminal/ask.ts";
import { oneLine } from "../terminal/plain-text.ts";
import { fit } from "../terminal/fit.ts";
import { describeCall } from "../transcript/tool-row.ts";
import { hints, type CommandContext } from "./context.ts";
import { takeItems } from "./paged-items.ts";

/** Stands for the newest one. */
export const LAST = "last";

const WHOLE_ID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;
/** Prefixes are searched among this many; older items need the full id. */
const MAX_LOOKED_AT = 2_000;
const MAX_OFFERED = 15;

interface Kind<T> {
  name: "session" | "task" | "approval" | "question";
  /** The command that lists them. */
  listedBy: string;
  list(page: { cursor?: string; limit: number }): Promise<{ items: T[]; nextCursor: string | null }>;
  describe(item: T): string;
}

/** @param given a full id, a prefix, or `last`; undefined: asks, if the terminal is interactive */
export async function findSession(
  context: CommandContext,
  client: TrunklineClient,
  given: string | undefined,
): Promise<string> {
  return await findId<Session>(context, given, {
    name: "session",
    listedBy: "sessions",
    list: (page) => client.session.list.query(page),
    describe: ({ title }) => oneLine(title),
  });
}

/** Like `findSession`. */
export async function findTask(
  context: CommandContext,
  client: TrunklineClient,
  given: string | undefined,
): Promise<string> {
  return await findId<Task>(context, given, {
    name: "task",
    listedBy: "tasks",
    list: (page) => client.task.list.query(page),
    describe: ({ state, prompt }) => `${state}  ${oneLine(prompt)}`,
  });
}

/** Like `findSession`, among the open ones. */
export async function findApproval(
  context: CommandContext,
  client: TrunklineClient,
  given: string | undefined,
): Promise<string> {
  return await findId<Approval>(context, given, {
    name: "approval",
    listedBy: "approve",
    list: (page) => client.approval.list.query(page),
    describe: describeCall,
  });
}

/** Like `findApproval`. */
export async function findQuestion(
  context: CommandContext,
  client: TrunklineClient,
  given: string | undefined,
): Promise<string> {
  return await findId<Question>(context, given, {
    name: "question",
    listedBy: "answer",
    list: (page) => client.question.list.query(page),
    describe: ({ text }) => oneLine(text),
  });
}

async function findId<T extends { id: string }>(
  context: CommandContext,
  given: string | undefined,
  kind: Kind<T>,
): Promise<string> {
  if (given === undefined) return await pick(context, kind);
  if (WHOLE_ID.test(given)) return given;
  if (given === LAST) {
    const [newest] = (await kind.list({ limit: 1 })).items;
    if (newest === undefined) throw none(kind);
    return newest.id;
  }
  const { items } = await takeItems(MAX_LOOKED_AT, kind.list);
  const found = items.filter(({ id }) => id.startsWith(given.toLowerCase()));
  const [only] = found;
  if (only !== undefined && found.length === 1) return only.id;
  if (only === undefined) {
    throw new CommandError(
      EXIT.usage,
      `No ${kind.name} starts with '${given}'. List them: ${hints(context)(kind.listedBy)}.`,
    );
  }
  const shown = found.slice(0, MAX_OFFERED).map((item) => `\n  ${item.id}  ${fit(kind.describe(item), 60)}`);
  throw new CommandError(
    EXIT.usage,
    `${found.length} ${kind.name}s start with '${given}'. Give more of the id:${shown.join("")}`,
  );
}

async function pick<T extends { id: string }>(context: CommandContext, kind: Kind<T>): Promise<string> {
  const { terminal } = context;
  if (!canAsk(terminal)) {
    throw new CommandError(EXIT.usage, `Name the ${kind.name}: its id, the beginning of its id, or ${LAST}.`);
  }
  const { items } = await kind.list({ limit: MAX_OFFERED });
  if (items.length === 0) throw none(kind);
  const width = terminal.err.width();
  for (const [index, item] of items.entries()) {
    await terminal.err.write(
      `${fit(`${String(index + 1).padStart(3)}  ${item.id.slice(0, 13)}  ${kind.describe(item)}`, width)}\n`,
    );
  }
  for (;;) {
    const answer = await ask(terminal, `Which ${kind.name}? [1-${items.length}] `);
    if (answer.kind !== "line") throw new CommandError(EXIT.usage, `No ${kind.name} was chosen.`);
    const chosen = /^\s*\d+\s*$/.test(answer.text) ? items[Number(answer.text) - 1] : undefined;
    if (chosen !== undefined) return chosen.id;
  }
}

function none({ name }: { name: string }): CommandError {
  return new CommandError(EXIT.usage, `There is no ${name} yet.`);
}
