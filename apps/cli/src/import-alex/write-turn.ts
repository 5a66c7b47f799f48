import type { SessionDocument, ToolCall, Usage } from "@trunkline/contract";
import type { EventWriter } from "./event-writer.ts";
import type { PlanItem } from "./legacy-session.ts";
import { type Call, type Step, stepsOf, type Turn } from "./turn.ts";

/** Model of steps whose model is unknown. */
export const UNKNOWN_MODEL = "alex:unknown";
const LOST_RESULT = "[alex did not keep the result of this call]";

type DocumentTask = SessionDocument["tasks"][number];

export interface TurnContext {
  writer: EventWriter;
  taskId: string;
  /** From 1. */
  pos: number;
  /** `provider:model` of its steps. */
  model: string;
  /** Usage of its last step; null: unknown. */
  usage: Usage | null;
  /** The session's plan, if it was last changed in this turn. */
  plan: readonly PlanItem[];
  /** Integer ms since the epoch; null: from the turn, or the one before. */
  startedAt: number | null;
  /** Integer ms since the epoch; null: time of its last event. */
  endedAt: number | null;
}

/** Writes a turn as a task with all its events. @returns the task */
export function writeTurn(turn: Turn, context: TurnContext): DocumentTask {
  const { writer, taskId } = context;
  writer.moveTo(context.startedAt ?? turn.at);
  const startedAt = writer.now;
  writer.write(taskId, "task.submitted", { prompt: turn.prompt, model: null });
  writer.write(taskId, "task.started", { attempt: 1 });

  const steps = stepsOf(turn);
  let stepCount = 0;
  for (const entry of turn.entries) {
    if (entry.kind === "step") writeStep(entry, ++stepCount, entry === steps.at(-1), context);
    else {
      writer.moveTo(entry.at);
      writer.write(taskId, "notice", { level: "info", message: entry.message });
    }
  }
  writer.moveTo(context.endedAt);
  if (context.plan.length > 0) writer.write(taskId, "plan.updated", { items: [...context.plan] });

  const isAnswered = steps.length > 0;
  const result = answerOf(steps);
  if (isAnswered) writer.write(taskId, "task.completed", { result });
  else writer.write(taskId, "task.canceled", { reason: "superseded", by: "import" });
  return {
    id: taskId,
    pos: context.pos,
    state: isAnswered ? "completed" : "canceled",
    reason: isAnswered ? null : "superseded",
    prompt: turn.prompt,
    model: null,
    attempt: 1,
    usage: isAnswered ? context.usage : null,
    result: isAnswered ? result : null,
    errorCode: null,
    errorMessage: null,
    createdAt: startedAt,
    startedAt,
    endedAt: writer.now,
  };
}

function writeStep(step: Step, number: number, isLast: boolean, context: TurnContext): void {
  const { writer, taskId, model } = context;
  writer.write(taskId, "step.started", { step: number, model });
  for (const { text, at } of step.texts) {
    writer.moveTo(at);
    writer.write(taskId, "text.ended", { blockId: `block-${writer.events.length + 1}`, text });
  }
  writer.moveTo(step.at);
  writer.write(taskId, "step.ended", {
    step: number,
    usage: (isLast ? context.usage : null) ?? { inputTokens: 0, outputTokens: 0 },
    finishReason: step.calls.length === 0 ? "stop" : "tool-calls",
    toolCalls: step.calls.map(toToolCall),
  });
  for (const call of step.calls) writeCall(call, context);
}

/** Sequentially, as the original ran them. */
function writeCall(call: Call, { writer, taskId }: TurnContext): void {
  const { callId, result } = call;
  writer.write(taskId, "tool.called", toToolCall(call));
  const calledAt = writer.now;
  writer.moveTo(result?.at ?? null);
  const durationMs = writer.now - calledAt;
  if (result === null) {
    writer.write(taskId, "tool.ended", { callId, status: "interrupted", output: LOST_RESULT, durationMs });
    return;
  }
  const status = result.failed ? "failed" : "succeeded";
  writer.write(taskId, "tool.ended", { callId, status, output: result.output, durationMs });
}

function toToolCall({ callId, tool, input }: Call): ToolCall {
  return { callId, tool, input };
}

/** The final text, as shown by the original's client. */
function answerOf(steps: readonly Step[]): string {
  const texts = steps.findLast((step) => step.texts.length > 0)?.texts ?? [];
  return texts.map(({ text }) => text).join("\n\n");
}
