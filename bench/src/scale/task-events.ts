import type { StoredDraft } from "../../../apps/server/src/store/port.ts";
import type { SessionText } from "./session-text.ts";

/** Events of one task of a seeded session. */
export const EVENTS_PER_TASK = 20;

const USAGE = { inputTokens: 4_000, outputTokens: 300 };

/** What a task that read, ran and answered leaves in the log. Lengths are in words. */
export function taskEvents(
  text: SessionText,
  taskId: string,
  prompt: string,
  lengths: { answer: number; output: number },
): StoredDraft[] {
  const events: StoredDraft[] = [
    { taskId, type: "task.submitted", data: { prompt, model: null, whenBusy: "enqueue" } },
    { taskId, type: "task.started", data: { attempt: 1 } },
  ];
  for (let step = 1; step <= 3; step++) {
    const callId = `${taskId}-${step}`;
    const input = { command: `grep -rn ${text.words(2).trim()} src/${text.words(1).trim()}.ts` };
    const call = { callId, tool: "bash", input };
    const output = text.words(text.between(1, 2 * lengths.output));
    events.push(
      { taskId, type: "step.started", data: { step, model: "demo" } },
      { taskId, type: "text.ended", data: { blockId: `${callId}-t`, text: text.words(20) } },
      {
        taskId,
        type: "step.ended",
        data: { step, usage: USAGE, finishReason: "tool-calls", toolCalls: [call] },
      },
      { taskId, type: "tool.called", data: call },
      {
        taskId,
        type: "tool.ended",
        data: { callId, status: "succeeded", output, durationMs: 20, exitCode: 0 },
      },
    );
  }
  const answer = text.words(text.between(1, 2 * lengths.answer));
  events.push(
    { taskId, type: "text.ended", data: { blockId: `${taskId}-a`, text: answer } },
    { taskId, type: "notice", data: { level: "info", message: "done" } },
    { taskId, type: "task.completed", data: { result: answer } },
  );
  return events;
}
