import type { TrunklineClient } from "@trunkline/client";
import type { AnswerQuestionInput, Question, QuestionForm } from "@trunkline/contract";
import { Command } from "commander";
import { askAnswer } from "../approvals/ask-answer.ts";
import { askForm } from "../approvals/ask-form.ts";
import { describeAnswer, findOption, readAnswer } from "../approvals/chosen-options.ts";
import { readForm } from "../approvals/form.ts";
import { formatQuestion } from "../approvals/question.ts";
import { CommandError } from "../command-error.ts";
import { EXIT } from "../exit-code.ts";
import { canAsk } from "../terminal/ask.ts";
import { awaiting } from "../terminal/awaiting.ts";
import { formatAge } from "../terminal/duration.ts";
import { oneLine } from "../terminal/plain-text.ts";
import type { Column } from "../terminal/table.ts";
import { connect, type CommandContext } from "./context.ts";
import { findQuestion } from "./find-id.ts";
import { DEFAULT_LISTED, MAX_LISTED, printListing } from "./listing.ts";
import { parseId } from "./option-values.ts";
import { takeItems } from "./paged-items.ts";

interface AnswerOptions {
  option?: string[];
  value?: string[];
  accept?: true;
  decline?: true;
  json?: true;
}

export function answerCommand(context: CommandContext): Command {
  return new Command("answer")
    .summary("answer a question from an agent")
    .description(
      "Answer a question from an agent: with text, its options, or both. What an MCP server asks for in the middle of a " +
        "call is a form: give its values, or decline it. Without an id: list open questions. " +
        "Without an answer, at a terminal: show the question and ask.",
    )
    .argument("[question]", "id of the question, its beginning, or last", parseId("answer"))
    .argument("[text...]", "the answer as text")
    .option("--option <option>", "choose this option by its number, id or name; may be repeated", collect)
    .option(
      "--value <name=value>",
      "value of a form's field; may be repeated; others have their defaults",
      collect,
    )
    .option("--accept", "accept a form with its defaults, or say that you have opened its page")
    .option("--decline", "decline a form")
    .option("--json", "print as JSON; lists as JSON lines")
    .action(async (given: string | undefined, words: string[], options: AnswerOptions, command: Command) => {
      if (given === undefined) return await list(context, options, command);
      const client = connect(context, command);
      const { out, err } = context.terminal;
      const question = await openQuestion(client, await findQuestion(context, client, given));
      const answer = await answerOf(context, question, words.join(" ").trim(), options);
      if (answer === null) {
        context.exitCode = EXIT.canceled;
        return await err.write("Not answered.\n");
      }
      const answering = client.question.answer.mutate({ questionId: question.id, answer });
      const answered = await awaiting(err, "Answering", answering);
      const text = `Answered: ${oneLine(describeAnswer(answered.answer ?? answer, question.options ?? []))}`;
      return await out.write(`${options.json ? JSON.stringify(answered) : text}\n`);
    });
}

function collect(option: string, before: string[] = []): string[] {
  return [...before, option];
}

/** @throws CommandError if it is no longer open */
async function openQuestion(client: TrunklineClient, questionId: string): Promise<Question> {
  const { items } = await takeItems(MAX_LISTED, (page) => client.question.list.query(page));
  const question = items.find(({ id }) => id === questionId);
  if (question !== undefined) return question;
  throw new CommandError(
    EXIT.usage,
    "That question is not open: it was answered, timed out, or never existed.",
  );
}

async function answerOf(
  { terminal }: CommandContext,
  question: Question,
  text: string,
  { option: named = [], ...form }: AnswerOptions,
): Promise<AnswerQuestionInput["answer"] | null> {
  if (question.form !== null) return formAnswerOf(terminal, question, question.form, text, named, form);
  if (form.value !== undefined || form.accept === true || form.decline === true) {
    throw new CommandError(EXIT.usage, "The question has no form: answer with text or --option.");
  }
  const offered = question.options ?? [];
  const chosen = named.map((name) => {
    const option = offered[Number(name) - 1] ?? findOption(name, offered);
    if (option !== undefined) return option.id;
    const known = offered.map(({ label }) => `'${oneLine(label)}'`).join(", ") || "none";
    throw new CommandError(EXIT.usage, `The question has no option '${name}'. Its options: ${known}.`);
  });
  if (text !== "" || chosen.length > 0) {
    return { ...(text !== "" && { text }), ...(chosen.length > 0 && { options: chosen }) };
  }
  if (!canAsk(terminal)) throw new CommandError(EXIT.usage, "Give the answer as text, or with --option.");
  const rows = formatQuestion({ text: question.text, options: offered }, terminal.err.colors);
  await terminal.err.write(rows.map((row) => `${row}\n`).join(""));
  const asked = await askAnswer(terminal, { signal: new AbortController().signal });
  return asked.kind === "line"
    ? readAnswer(asked.text, { options: offered, multiple: question.multiple })
    : null;
}

async function formAnswerOf(
  terminal: CommandContext["terminal"],
  { text: question }: Question,
  form: QuestionForm,
  text: string,
  named: readonly string[],
  { value: given = [], accept, decline }: AnswerOptions,
): Promise<AnswerQuestionInput["answer"] | null> {
  if (named.length > 0) throw new CommandError(EXIT.usage, "The question is a form: answer with --value.");
  if (decline === true) return { declined: true };
  const [field, ...others] = form.fields;
  // There is only one that the text can be for.
  if (text !== "" && field !== undefined && others.length === 0) {
    return readForm(form, [...given, `${field.name}=${text}`]);
  }
  if (text !== "") throw new CommandError(EXIT.usage, "The question is a form: answer with --value.");
  if (given.length > 0 || accept === true) return readForm(form, given);
  if (!canAsk(terminal)) {
    throw new CommandError(EXIT.usage, "Give the values with --value, or use --accept or --decline.");
  }
  const rows = formatQuestion({ text: question, options: [], form }, terminal.err.colors);
  await terminal.err.write(rows.map((row) => `${row}\n`).join(""));
  const filled = await askForm(terminal, form, { signal: new AbortController().signal });
  return filled.kind === "filled" ? filled.answer : null;
}

async function list(context: CommandContext, options: AnswerOptions, command: Command): Promise<void> {
  const { terminal } = context;
  const client = connect(context, command);
  const loading = takeItems(DEFAULT_LISTED, (page) => client.question.list.query(page));
  await printListing(terminal, await awaiting(terminal.err, "Loading", loading), {
    columns: questionColumns(context.clock.now()),
    json: options.json === true,
    none: "No questions are waiting for you.",
  });
}

function questionColumns(nowMs: number): Column<Question>[] {
  return [
    { title: "QUESTION", cell: ({ id }) => id },
    { title: "AGE", cell: ({ createdAt }) => formatAge(nowMs - createdAt), align: "right", spare: true },
    { title: "TEXT", cell: ({ text }) => oneLine(text) },
  ];
}
