import type { SessionEvent, ToolCall } from "@trunkline/contract";
import { oneLine, outputLines, plainText } from "../terminal/plain-text.ts";
import { formatEventRows } from "./event-row.ts";
import type { Look } from "./look.ts";
import { formatTaskEnd, NO_TALLY, tallied, type TaskTally } from "./task-row.ts";
import { TextBlock } from "./text-block.ts";
import { describeCall, formatToolOutput, formatToolRow, shorten } from "./tool-row.ts";

interface OpenCall {
  call: ToolCall;
  /** The last line that it has put out so far. */
  lastLine: string;
}

/** What was printed last; what comes next keeps its distance accordingly. */
type Kind = "nothing" | "text" | "row" | "output";

/**
 * Turns the events of a session into lines for a terminal, one event at a time. What it gives depends on the events
 * and the look alone; types that it does not know give nothing.
 */
export class Transcript {
  readonly #look: Look;
  readonly #blocks = new Map<string, TextBlock>();
  readonly #calls = new Map<string, OpenCall>();
  #last: Kind = "nothing";
  /** Text has been printed without the newline that ends it. */
  #midLine = false;
  #tally: TaskTally = NO_TALLY;
  #activity: string | null = null;

  constructor(look: Look) {
    this.#look = look;
  }

  /** What is being waited for, in a few words; null while nothing is, or while text streams. */
  get activity(): string | null {
    const open = [...this.#calls.values()].at(-1);
    if (open === undefined) return this.#midLine ? null : this.#activity;
    return describeCall(open.call) + (open.lastLine === "" ? "" : `  ${open.lastLine}`);
  }

  /** @returns what to print before somebody else writes below; what follows keeps its distance. */
  interject(): string {
    const line = this.#endLine();
    if (line !== "") this.#last = "output";
    return line;
  }

  /** @returns what to print for the event, often nothing. */
  print(event: SessionEvent): string {
    this.#tally = tallied(this.#tally, event);
    this.#activity = activityAfter(event, this.#activity);
    switch (event.type) {
      case "task.submitted":
        return this.#look.prompts ? this.#prompt(event.data.prompt) : "";
      case "text.delta":
        return this.#text(this.#block(event.data.blockId).add(event.data.text));
      case "text.ended": {
        const rest = this.#text(this.#block(event.data.blockId).end(event.data.text));
        this.#blocks.delete(event.data.blockId);
        return rest + this.#endLine();
      }
      case "tool.called":
        this.#calls.set(event.data.callId, { call: event.data, lastLine: "" });
        return "";
      case "tool.progress": {
        const open = this.#calls.get(event.data.callId);
        if (open !== undefined) open.lastLine = outputLines(event.data.chunk).at(-1)?.trim() || open.lastLine;
        return "";
      }
      case "tool.ended": {
        const { callId } = event.data;
        const call = this.#calls.get(callId)?.call ?? { callId, tool: "tool", input: {} };
        this.#calls.delete(callId);
        return this.#rows(
          [formatToolRow(call, event.data, this.#look)],
          formatToolOutput(event.data, this.#look),
        );
      }
      default:
        return this.#other(event);
    }
  }

  #other(event: SessionEvent): string {
    // The next attempt begins its blocks anew.
    if (event.type === "task.interrupted") this.#blocks.clear();
    const end = formatTaskEnd(event, this.#tally, this.#look);
    if (end === null) return this.#rows(formatEventRows(event, this.#look));
    this.#blocks.clear();
    this.#calls.clear();
    const line = this.#endLine() + (this.#last === "nothing" ? "" : "\n") + `${end}\n`;
    this.#last = "output";
    return line;
  }

  #block(blockId: string): TextBlock {
    const open = this.#blocks.get(blockId);
    if (open !== undefined) return open;
    const block = new TextBlock();
    this.#blocks.set(blockId, block);
    return block;
  }

  #prompt(prompt: string): string {
    const { cyan, bold, dim } = this.#look.colors;
    const [first = "", ...more] = shorten(
      plainText(prompt).trim().split("\n"),
      this.#look.maxOutputLines,
      dim,
    );
    const lines = [`${cyan("›")} ${bold(first)}`, ...more.map((line) => `  ${bold(line)}`)];
    return this.#rows([], lines);
  }

  #text(text: string): string {
    if (text === "") return "";
    const distance = this.#last === "nothing" || this.#midLine ? "" : "\n";
    this.#last = "text";
    this.#midLine = true;
    return distance + text;
  }

  /** Rows stand close together; what they put out stands below them and apart from what follows. */
  #rows(rows: readonly string[], output: readonly string[] = []): string {
    if (rows.length + output.length === 0) return "";
    const apart =
      this.#last === "text" || this.#last === "output" || (this.#last === "row" && rows.length === 0);
    const before = this.#endLine() + (apart ? "\n" : "");
    this.#last = output.length > 0 ? "output" : "row";
    return before + [...rows, ...output].map((line) => `${line}\n`).join("");
  }

  #endLine(): string {
    if (!this.#midLine) return "";
    this.#midLine = false;
    return "\n";
  }
}

function activityAfter(event: SessionEvent, before: string | null): string | null {
  switch (event.type) {
    case "task.submitted":
      return before ?? "queued";
    case "task.interrupted":
      return "waiting to go on";
    case "task.input-required":
      return `waiting for an answer (${oneLine(event.data.reason)})`;
    case "task.started":
    case "task.resumed":
    case "step.started":
      return "thinking";
    case "task.completed":
    case "task.failed":
    case "task.canceled":
    case "task.rejected":
      return null;
    default:
      return before;
  }
}
