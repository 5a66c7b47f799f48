import {
  type EventDataOf,
  OpenApprovals,
  type QuestionOption,
  type SessionEvent,
  type ToolCall,
} from "@trunkline/contract";
import { isQuestion } from "../approvals/question.ts";
import { fit } from "../terminal/fit.ts";
import { oneLine, plainText } from "../terminal/plain-text.ts";
import { screenLines } from "../terminal/screen-lines.ts";
import type { Activity } from "../terminal/status-line.ts";
import { activityAfter } from "./activity.ts";
import { formatEventRows, formatFileChange } from "./event-row.ts";
import { Layout } from "./layout.ts";
import type { Look } from "./look.ts";
import { formatTaskEnd, isHandedOver, NO_TALLY, tallied, type TaskTally } from "./task-row.ts";
import { AnswerBlock } from "./answer-block.ts";
import { describeCall, formatToolOutput, formatToolRow, shorten } from "./tool-row.ts";

interface OpenCall {
  call: ToolCall;
  /** The last line of its output so far. */
  lastLine: string;
}

interface OpenTask {
  /** Kept until the task starts, when it is shown. */
  prompt: string | null;
  tally: TaskTally;
}

/**
 * Renders a session's events as lines for a terminal, one event at a time. The result depends only on the events and
 * the look; unknown event types render nothing.
 */
export class Transcript {
  readonly #look: Look;
  readonly #layout = new Layout();
  readonly #tasks = new Map<string, OpenTask>();
  readonly #blocks = new Map<string, AnswerBlock>();
  readonly #calls = new Map<string, OpenCall>();
  readonly #approvals = new OpenApprovals();
  /** Calls that needed approval, by id. */
  readonly #asked = new Map<string, EventDataOf<"approval.requested">>();
  /** Calls of the last step. */
  #requested: readonly ToolCall[] = [];
  /** Options of questions, by question id. */
  readonly #options = new Map<string, readonly QuestionOption[]>();
  /** The active task; a session has at most one. */
  #active: string | null = null;
  #activity: string | null = null;

  constructor(look: Look) {
    this.#look = look;
  }

  /** What is awaited; null for nothing, and while text streams. */
  get activity(): Activity | null {
    const open = [...this.#calls.values()].at(-1);
    if (open !== undefined) return { label: `Running ${describeCall(open.call)}`, detail: open.lastLine };
    const asked = this.#approvals.first;
    if (asked !== null) {
      const label = isQuestion(asked.request)
        ? "Waiting for your answer"
        : `Waiting for approval: ${describeCall(asked.request)}`;
      return { label, detail: "" };
    }
    if (this.#layout.midLine || this.#activity === null) return null;
    return { label: this.#activity, detail: "" };
  }

  /** @returns what to print before other output. */
  interject(): string {
    return this.#layout.interject();
  }

  /** @returns what to print for the event, often nothing. */
  print(event: SessionEvent): string {
    this.#activity = activityAfter(event, this.#activity);
    this.#approvals.apply(event);
    switch (event.type) {
      case "task.submitted":
        this.#task(event.taskId).prompt = event.data.prompt;
        return this.#active === null ? "" : this.#queued(event.data);
      case "task.updated":
        if (event.data.prompt !== undefined) this.#task(event.taskId).prompt = event.data.prompt;
        return "";
      case "task.canceled":
        if (!isHandedOver(event)) return this.#other(event);
        this.#close(event.taskId);
        return "";
      case "step.ended":
        this.#requested = event.data.toolCalls;
        return this.#other(event);
      case "text.delta":
        return this.#layout.text(this.#block(event.data.blockId).add(event.data.text));
      case "text.ended":
        return this.#textEnded(event.data);
      case "tool.called":
        this.#calls.set(event.data.callId, { call: event.data, lastLine: "" });
        return "";
      case "tool.progress": {
        const open = this.#calls.get(event.data.callId);
        if (open !== undefined) open.lastLine = screenLines(event.data.chunk).at(-1)?.trim() || open.lastLine;
        return "";
      }
      case "tool.ended":
        return this.#toolEnded(event.data);
      case "approval.requested":
        this.#asked.set(event.data.callId, event.data);
        return this.#other(event);
      case "question.asked":
        this.#options.set(event.data.questionId, event.data.options ?? []);
        return this.#other(event);
      case "file.changed":
        return this.#layout.below([formatFileChange(event.data, this.#look)]);
      default:
        return this.#other(event);
    }
  }

  #textEnded({ blockId, text }: EventDataOf<"text.ended">): string {
    const rest = this.#layout.text(this.#block(blockId).end(text));
    this.#blocks.delete(blockId);
    return rest + this.#layout.endLine();
  }

  #toolEnded(end: EventDataOf<"tool.ended">): string {
    const call = this.#calls.get(end.callId)?.call ??
      // A call that was denied or skipped has no start event.
      this.#asked.get(end.callId) ??
      this.#requested.find(({ callId }) => callId === end.callId) ?? {
        callId: end.callId,
        tool: "tool",
        input: {},
      };
    this.#asked.delete(end.callId);
    this.#calls.delete(end.callId);
    return this.#layout.rows([formatToolRow(call, end, this.#look)], formatToolOutput(end, this.#look));
  }

  #other(event: SessionEvent): string {
    const task = this.#task(event.taskId);
    task.tally = tallied(task.tally, event);
    // The next attempt uses new blocks.
    if (event.type === "task.interrupted") this.#blocks.clear();

    const end = formatTaskEnd(event, task.tally, this.#look);
    const prompt = event.type === "task.started" || end !== null ? this.#prompt(task) : "";
    if (event.type === "task.started") this.#active = event.taskId;
    if (end === null)
      return (
        prompt +
        this.#layout.rows(
          formatEventRows(event, this.#look, {
            callOf: (id) => this.#askedFor(id),
            optionsOf: (id) => this.#options.get(id) ?? [],
          }),
        )
      );
    this.#close(event.taskId);
    return prompt + this.#layout.paragraph([end]);
  }

  #askedFor(approvalId: string): EventDataOf<"approval.requested"> | null {
    return [...this.#asked.values()].find((asked) => asked.approvalId === approvalId) ?? null;
  }

  #task(taskId: string | null): OpenTask {
    const known = taskId === null ? undefined : this.#tasks.get(taskId);
    if (known !== undefined) return known;
    const task = { prompt: null, tally: NO_TALLY };
    if (taskId !== null) this.#tasks.set(taskId, task);
    return task;
  }

  #close(taskId: string | null): void {
    if (taskId !== null) this.#tasks.delete(taskId);
    // A task that ends in the queue does not affect the running one.
    if (this.#active !== null && this.#active !== taskId) return;
    this.#active = null;
    this.#blocks.clear();
    this.#calls.clear();
    this.#asked.clear();
    this.#options.clear();
  }

  #block(blockId: string): AnswerBlock {
    const open = this.#blocks.get(blockId);
    if (open !== undefined) return open;
    const block = new AnswerBlock(this.#look);
    this.#blocks.set(blockId, block);
    return block;
  }

  #prompt(task: OpenTask): string {
    if (task.prompt === null || !this.#look.prompts) return "";
    const { colors, maxOutputLines } = this.#look;
    const lines = shorten(plainText(task.prompt).trim().split("\n"), maxOutputLines, colors.dim);
    task.prompt = null;
    return this.#layout.paragraph(
      lines.map((line, index) => `${index === 0 ? colors.cyan("›") : " "} ${colors.bold(line)}`),
    );
  }

  #queued({ prompt, steers }: EventDataOf<"task.submitted">): string {
    if (!this.#look.prompts) return "";
    const { colors, width } = this.#look;
    const label = steers === undefined ? "Queued: " : "For the running task: ";
    return this.#layout.rows([colors.dim(label + fit(oneLine(prompt), width - label.length))]);
  }
}
