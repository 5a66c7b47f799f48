import type { EventDataOf, SessionEvent, ToolCall } from "../event.ts";
import type { ApprovalRow, BlockRow, EndRow, NoticeRow, ToolRow, TranscriptRow } from "./session-view-row.ts";
import { RowList } from "./session-view-row-list.ts";
import type { TaskView } from "./session-view-task.ts";

type Of<T extends SessionEvent["type"]> = Extract<SessionEvent, { type: T }>;
type BlockEvent = Of<"text.delta" | "text.ended" | "reasoning.delta" | "reasoning.ended">;
type EndEvent = Of<"task.completed" | "task.failed" | "task.canceled" | "task.rejected">;

/** The rows of a transcript in the making. */
export class Transcript {
  readonly #rows: RowList;

  constructor(rows: readonly TranscriptRow[]) {
    this.#rows = new RowList(rows);
  }

  toArray(): readonly TranscriptRow[] {
    return this.#rows.toArray();
  }

  /** @param task the event's task as it was before the event; of no meaning where the event has none. */
  apply(event: SessionEvent, task: TaskView): void {
    switch (event.type) {
      case "task.started":
        return this.#start(event, task);
      case "task.interrupted":
        this.#interruptOpenStep(task);
        return this.#rows.push({ ...base(event), kind: "attempt", state: "interrupted", ...event.data });
      case "task.completed":
      case "task.failed":
      case "task.canceled":
      case "task.rejected":
        return this.#end(event, task);
      case "step.started":
        // A step that begins again says everything anew.
        return this.#interruptOpenStep(task);
      case "text.delta":
      case "text.ended":
        return this.#say("text", event);
      case "reasoning.delta":
      case "reasoning.ended":
        return this.#say("reasoning", event);
      case "tool.called":
        return this.#rows.put(newCall(event, event.data));
      case "tool.progress": {
        const row = this.#call(event, task);
        return this.#rows.put({ ...row, output: row.output + event.data.chunk });
      }
      case "tool.ended":
        return this.#rows.put({ ...this.#call(event, task), ...ending(event.data) });
      case "approval.requested":
        return this.#rows.push(newApproval(event));
      case "approval.answered":
        return this.#settle(event.data.approvalId, event.data.decision, event.data);
      case "approval.expired":
        return this.#settle(event.data.approvalId, "expired", {});
      default: {
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
    // The server closes what it leaves open; a log that came from elsewhere may not have that.
    if (openStep !== null) {
      this.#rows.updateBlocks(task.id, openStep.seq, (row) =>
        row.state === "open" ? { ...row, state: "ended" } : row,
      );
    }
    if (task.state === "input-required") this.#rows.cancelApprovals(task.id);
    const isUnstarted = task.state === "submitted" && task.attempt === 0;
    const isWithdrawn = isUnstarted && event.type === "task.canceled";
    // What failed to start was asked for all the same; what was withdrawn is not worth a turn.
    if (isUnstarted && !isWithdrawn) this.#rows.push(turn(event, task));
    this.#rows.push({ ...newEnd(event, task), unstarted: isWithdrawn ? (task.prompt ?? "") : null });
  }

  #say(kind: BlockRow["kind"], event: BlockEvent): void {
    const { blockId, text } = event.data;
    const key = `block:${blockId}`;
    const known = this.#rows.find(key);
    const row: BlockRow =
      known?.kind === kind ? known : { ...base(event), key, kind, blockId, text: "", state: "open" };
    if (event.type === "text.delta" || event.type === "reasoning.delta") {
      this.#rows.put({ ...row, text: row.text + text });
    } else {
      // Its pieces leave the log, and with them its old place.
      this.#rows.putLast({ ...row, seq: event.seq, at: event.at, text, state: "ended" });
    }
  }

  /** The call's row. One whose beginning has not been read, or that never began, is opened with what is known. */
  #call(event: Of<"tool.progress" | "tool.ended">, task: TaskView): ToolRow {
    const { callId } = event.data;
    const row = this.#rows.find(keyOfCall(callId));
    if (row?.kind === "tool") return row;
    const asked = task.pendingCalls.find((call) => call.callId === callId);
    return newCall(event, asked ?? { callId, tool: null, input: null });
  }

  #settle(
    approvalId: string,
    state: ApprovalRow["state"],
    { by = null, note = null }: { by?: string | null; note?: string | null },
  ): void {
    const row = this.#rows.find(keyOfApproval(approvalId));
    if (row?.kind === "approval") this.#rows.put({ ...row, state, by, note });
  }
}

const keyOfCall = (callId: string): string => `tool:${callId}`;
const keyOfApproval = (approvalId: string): string => `approval:${approvalId}`;

function base({ seq, at, taskId }: SessionEvent) {
  return { key: `event:${seq}`, seq, at, taskId };
}

function turn(event: SessionEvent, { id, prompt }: TaskView): TranscriptRow {
  return { ...base(event), key: `turn:${id}`, kind: "turn", prompt };
}

function newCall(event: SessionEvent, call: ToolCall | { callId: string; tool: null; input: null }): ToolRow {
  return {
    ...base(event),
    ...call,
    key: keyOfCall(call.callId),
    kind: "tool",
    state: "running",
    output: "",
    durationMs: null,
    exitCode: null,
    omittedBytes: 0,
  };
}

function ending({ status, output, durationMs, exitCode, omittedBytes }: EventDataOf<"tool.ended">) {
  return {
    state: status,
    output,
    durationMs,
    exitCode: exitCode ?? null,
    omittedBytes: omittedBytes ?? 0,
  };
}

function newApproval(event: Of<"approval.requested">): ApprovalRow {
  const key = keyOfApproval(event.data.approvalId);
  const { always = null } = event.data;
  return {
    ...base(event),
    ...event.data,
    always,
    key,
    kind: "approval",
    state: "open",
    by: null,
    note: null,
  };
}

const END_STATES = {
  "task.completed": "completed",
  "task.failed": "failed",
  "task.canceled": "canceled",
  "task.rejected": "rejected",
} as const;

function newEnd(event: EndEvent, { startedAt, usage }: TaskView): EndRow {
  return {
    ...base(event),
    kind: "end",
    state: END_STATES[event.type],
    reason: "reason" in event.data ? event.data.reason : null,
    error: "error" in event.data ? event.data.error : null,
    by: "by" in event.data ? event.data.by : null,
    durationMs: startedAt === null ? null : Math.max(0, event.at - startedAt),
    usage,
    unstarted: null,
  };
}

/** What the transcript says about events that are no part of the conversation; null: nothing. */
function noteOf(event: SessionEvent): Pick<NoticeRow, "level" | "message"> | null {
  switch (event.type) {
    case "notice":
      return event.data;
    case "budget.exceeded":
      return {
        level: "warning",
        message: `Out of ${event.data.budget}: ${event.data.spent} of ${event.data.limit}`,
      };
    case "context.compacted":
      return { level: "info", message: "Earlier messages were summarised to make room" };
    case "session.forked":
      return { level: "info", message: `Forked from session ${event.data.parentId}` };
    default:
      return null;
  }
}
