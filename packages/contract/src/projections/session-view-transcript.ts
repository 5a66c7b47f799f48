import type { SessionEvent } from "../event.ts";
import { ruleInWords } from "../rules/rule-words.ts";
import { approvalSettledBy } from "./approval-life.ts";
import { type BlockEvent, blockAfter, kindOfBlock, newBlock } from "./block.ts";
import { budgetNote } from "./budget.ts";
import { instructionsNote } from "./instructions-note.ts";
import { questionSettledBy } from "./question-life.ts";
import type {
  ApprovalRow,
  BlockRow,
  EndRow,
  NoticeRow,
  QuestionRow,
  SubagentRow,
  ToolRow,
  TranscriptRow,
} from "./session-view-row.ts";
import { RowList } from "./session-view-row-list.ts";
import { applyWork } from "./session-view-work.ts";
import type { TaskView } from "./session-view-task.ts";
import { endStateOf } from "./task-life.ts";
import { callAfter, newCall } from "./tool-call.ts";

type Of<T extends SessionEvent["type"]> = Extract<SessionEvent, { type: T }>;
type EndEvent = Of<"task.completed" | "task.failed" | "task.canceled" | "task.rejected">;

/** Builds the rows of the transcript. */
export class Transcript {
  readonly #rows: RowList;

  constructor(rows: readonly TranscriptRow[]) {
    this.#rows = new RowList(rows);
  }

  toArray(): readonly TranscriptRow[] {
    return this.#rows.toArray();
  }

  /** @param task the event's task before the event; meaningless if the event has none. */
  apply(event: SessionEvent, task: TaskView): void {
    switch (event.type) {
      case "task.started":
        return this.#start(event, task);
      case "task.steered":
        return this.#rows.push({ ...base(event), kind: "steer", prompt: event.data.prompt });
      case "task.interrupted":
        this.#interruptOpenStep(task);
        return this.#rows.push({ ...base(event), kind: "attempt", state: "interrupted", ...event.data });
      case "task.completed":
      case "task.failed":
      case "task.canceled":
      case "task.rejected":
        return this.#end(event, task);
      case "step.started":
        // A repeated step says everything again.
        return this.#interruptOpenStep(task);
      case "text.delta":
      case "text.ended":
      case "reasoning.delta":
      case "reasoning.ended":
        return this.#say(event);
      case "tool.called":
        return this.#rows.put(callRow(event, event.data));
      case "tool.progress":
      case "tool.ended":
        return this.#rows.put(callAfter(this.#call(event, task), event));
      case "approval.requested":
        return this.#rows.push(newApproval(event));
      case "approval.answered":
      case "approval.expired":
        return this.#settleApproval(event);
      case "subagent.started":
      case "subagent.ended":
        return this.#rows.put(subagentAfter(this.#rows.find(keyOfSubagent(event)), event));
      case "question.asked":
        return this.#rows.push(newQuestion(event));
      case "question.answered":
      case "question.expired":
        return this.#settleQuestion(event);
      default: {
        if (applyWork(this.#rows, event)) return;
        const note = noteOf(event);
        if (note !== null) this.#rows.push({ ...base(event), kind: "notice", ...note });
      }
    }
  }

  #start(event: Of<"task.started">, task: TaskView): void {
    const { attempt } = event.data;
    if (attempt === 1) this.#rows.push(turn(event, task));
    else {
      this.#rows.push({ ...base(event), kind: "attempt", state: "continued", attempt, reason: null });
    }
  }

  #interruptOpenStep({ id, openStep }: TaskView): void {
    if (openStep === null) return;
    this.#rows.updateBlocks(id, openStep.seq, (row) => ({ ...row, state: "interrupted" }));
  }

  #end(event: EndEvent, task: TaskView): void {
    const { openStep } = task;
    // The server closes open calls; an imported log may not.
    if (openStep !== null) {
      this.#rows.updateBlocks(task.id, openStep.seq, (row) =>
        row.state === "open" ? { ...row, state: "ended" } : row,
      );
    }
    if (task.state === "input-required") this.#rows.cancelRequests(task.id);
    // The task that it was handed to shows it.
    if (event.type === "task.canceled" && event.data.reason === "steered") return;
    const isUnstarted = task.state === "submitted" && task.attempt === 0;
    const isWithdrawn = isUnstarted && event.type === "task.canceled";
    // A task that failed to start still gets its prompt row; a withdrawn one does not.
    if (isUnstarted && !isWithdrawn) this.#rows.push(turn(event, task));
    this.#rows.push({ ...newEnd(event, task), unstarted: isWithdrawn ? (task.prompt ?? "") : null });
  }

  #say(event: BlockEvent & SessionEvent): void {
    const key = `block:${event.data.blockId}`;
    const known = this.#rows.find(key);
    const row: BlockRow =
      known?.kind === kindOfBlock(event) ? known : { ...base(event), ...newBlock(event), key };
    const after = blockAfter(row, event);
    // When the block ends its pieces leave the log, and with them its old position.
    if (after.state === "ended") this.#rows.putLast({ ...after, seq: event.seq, at: event.at });
    else this.#rows.put(after);
  }

  /** The call's row. Created from what is known if the call's start has not been loaded or never happened. */
  #call(event: Of<"tool.progress" | "tool.ended">, task: TaskView): ToolRow {
    const { callId } = event.data;
    const row = this.#rows.find(keyOfCall(callId));
    if (row?.kind === "tool") return row;
    const asked = task.pendingCalls.find((call) => call.callId === callId);
    return callRow(event, asked ?? { callId });
  }

  #settleApproval(event: SessionEvent): void {
    const settlement = approvalSettledBy(event);
    if (settlement === null) return;
    const { id, ...outcome } = settlement;
    const row = this.#rows.find(keyOfApproval(id));
    if (row?.kind === "approval") this.#rows.put({ ...row, ...outcome });
  }

  #settleQuestion(event: SessionEvent): void {
    const settlement = questionSettledBy(event);
    if (settlement === null) return;
    const { id, state, by, answer } = settlement;
    const row = this.#rows.find(keyOfQuestion(id));
    const isRepeated = event.type === "question.answered" && event.data.repeats !== undefined;
    if (row?.kind === "question") {
      this.#rows.put({ ...row, state, by, answer, ...(isRepeated && { isRepeated }) });
    }
  }
}

type SubagentEvent = Of<"subagent.started" | "subagent.ended">;

const keyOfSubagent = ({ data }: SubagentEvent): string => `subagent:${data.taskId}`;

function subagentAfter(known: TranscriptRow | undefined, event: SubagentEvent): SubagentRow {
  const { callId, sessionId } = event.data;
  const row: SubagentRow =
    known?.kind === "subagent"
      ? known
      : {
          ...base(event),
          key: keyOfSubagent(event),
          kind: "subagent",
          callId,
          sessionId,
          title: null,
          state: "working",
        };
  return event.type === "subagent.started"
    ? { ...row, title: event.data.title ?? null }
    : { ...row, state: event.data.state };
}

const keyOfCall = (callId: string): string => `tool:${callId}`;
const keyOfApproval = (approvalId: string): string => `approval:${approvalId}`;
const keyOfQuestion = (questionId: string): string => `question:${questionId}`;

function base({ seq, at, taskId }: SessionEvent) {
  return { key: `event:${seq}`, seq, at, taskId };
}

function turn(event: SessionEvent, { id, prompt, attachments }: TaskView): TranscriptRow {
  const files = attachments.length === 0 ? {} : { attachments };
  return { ...base(event), key: `turn:${id}`, kind: "turn", prompt, ...files };
}

function callRow(event: SessionEvent, call: Parameters<typeof newCall>[0]): ToolRow {
  return { ...base(event), ...newCall(call), key: keyOfCall(call.callId), kind: "tool" };
}

function newApproval(event: Of<"approval.requested">): ApprovalRow {
  const key = keyOfApproval(event.data.approvalId);
  const { always = null, kind: toolKind, ...request } = event.data;
  return {
    ...base(event),
    ...request,
    ...(toolKind === undefined ? {} : { toolKind }),
    always,
    key,
    kind: "approval",
    state: "open",
    by: null,
    note: null,
  };
}

function newQuestion(event: Of<"question.asked">): QuestionRow {
  const { questionId, callId, text, options = [], form = null } = event.data;
  return {
    ...base(event),
    key: keyOfQuestion(questionId),
    kind: "question",
    questionId,
    callId,
    text,
    options,
    form,
    state: "open",
    by: null,
    answer: null,
  };
}

function newEnd(event: EndEvent, { startedAt, usage }: TaskView): EndRow {
  return {
    ...base(event),
    kind: "end",
    state: endStateOf(event),
    reason: "reason" in event.data ? event.data.reason : null,
    error: "error" in event.data ? event.data.error : null,
    by: "by" in event.data ? event.data.by : null,
    durationMs: startedAt === null ? null : Math.max(0, event.at - startedAt),
    usage,
    unstarted: null,
  };
}

/** A note in the transcript for events outside the conversation; null: none. */
function noteOf(event: SessionEvent): Pick<NoticeRow, "level" | "message" | "retry"> | null {
  switch (event.type) {
    case "notice":
      return event.data;
    case "budget.warned":
      return { level: "info", message: budgetNote(event.data) };
    case "budget.exceeded":
      return { level: "warning", message: budgetNote(event.data) };
    case "context.compacted":
      return { level: "info", message: "Earlier messages were summarised to make room" };
    case "instructions.read":
      return { level: "info", message: instructionsNote(event.data) };
    case "rule.created":
      // The approval's row names it.
      if (event.data.approvalId !== undefined) return null;
      return {
        level: "info",
        message: `Rule added by ${event.data.by}: ${ruleInWords({ ...event.data, level: "session" })}`,
      };
    case "rule.deleted":
      return { level: "info", message: `Rule deleted by ${event.data.by}` };
    case "session.forked":
      return { level: "info", message: `Forked from session ${event.data.parentId}` };
    default:
      return null;
  }
}
