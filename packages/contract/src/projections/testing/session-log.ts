import type { EventDataOf, EventType, SessionEvent } from "../../event.ts";
import { blockEndedBy, blockOfPiece } from "../block.ts";

export const SESSION_ID = "01900000-0000-7000-8000-000000000000";

/** Writes a log like the server: ascending seqs, and pieces that leave the stored log when their block ends. */
export class SessionLog {
  /** Everything that a subscriber sees who was there from the start. */
  readonly live: SessionEvent[] = [];
  /** What is left for a later subscriber. */
  stored: SessionEvent[] = [];

  add<T extends EventType>(type: T, taskId: string | null, data: EventDataOf<T>): void {
    const seq = this.live.length + 1;
    // Type and data belong together, which the compiler can't see here.
    const event = { sessionId: SESSION_ID, taskId, seq, at: 1_000 * seq, type, data } as SessionEvent;
    this.live.push(event);
    const ended = blockEndedBy(event);
    this.stored = [...this.stored.filter((piece) => blockOfPiece(piece) !== ended || ended === null), event];
  }

  submit(taskId: string, prompt = `prompt of ${taskId}`): void {
    this.add("task.submitted", taskId, { prompt, model: null });
  }

  start(taskId: string, attempt = 1): void {
    this.add("task.started", taskId, { attempt });
  }

  startStep(taskId: string, step = 1): void {
    this.add("step.started", taskId, { step, model: "demo" });
  }

  endStep(taskId: string, toolCalls: EventDataOf<"step.ended">["toolCalls"] = [], step = 1): void {
    const usage = { inputTokens: 10, outputTokens: 2 };
    this.add("step.ended", taskId, { step, usage, finishReason: "stop", toolCalls });
  }

  say(taskId: string, blockId: string, ...texts: string[]): void {
    for (const text of texts) this.add("text.delta", taskId, { blockId, text });
  }

  endText(taskId: string, blockId: string, text: string): void {
    this.add("text.ended", taskId, { blockId, text });
  }

  call(taskId: string, callId: string, tool = "bash"): void {
    this.add("tool.called", taskId, { callId, tool, input: { command: callId } });
  }

  endCall(taskId: string, callId: string, output = "done"): void {
    this.add("tool.ended", taskId, { callId, status: "succeeded", output, durationMs: 5, exitCode: 0 });
  }

  complete(taskId: string): void {
    this.add("task.completed", taskId, { result: "ok" });
  }
}
