import { isApiError, type TrunklineClient } from "@trunkline/client";

/** Lines that the tools of one task append to its own file: each must be there exactly once, or once at most. */
export const STEPS_PER_TASK = 4;

/**
 * Tasks of one seed: what a crash can hit is text, a tool at work, a queue, subagents, and the moments between. The last
 * task of each session has subagents.
 */
export const SESSIONS = 3;
export const TASKS_PER_SESSION = 3;

export interface Acknowledged {
  sessionId: string;
  taskId: string;
  prompt: string;
  idempotencyKey: string;
  /** File in the session's workspace that the task's tools append to. */
  file: string;
  /** Whether its lines are a subagent's. */
  isFamily: boolean;
}

/** The prompt is the fake provider's script: four tools that append a line each, and streamed text around them. */
export function promptOf(file: string, { tokens, perSecond } = { tokens: 10, perSecond: 400 }): string {
  const text = `tokens: ${tokens} @ ${perSecond}/s`;
  const lines = [text];
  for (let step = 1; step <= STEPS_PER_TASK; step++) {
    // The line is written in the middle, so that a kill can come before it and after it.
    lines.push(`tool: bash {"command":"sleep 0.02; echo step-${step} >> ${file}; sleep 0.02"}`);
    lines.push(text);
  }
  return lines.join("\n");
}

/** Submits until the server acknowledges, however often it dies: the key makes that one task. */
export async function submitForSure(
  client: TrunklineClient,
  input: { prompt: string; sessionId?: string; idempotencyKey: string },
  signal: AbortSignal,
): Promise<{ sessionId: string; taskId: string }> {
  return untilAnswered(async () => client.task.submit.mutate(input, { signal }), signal);
}

/** Repeats a call that may be repeated until the server answers. */
export async function untilAnswered<T>(call: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (;;) {
    signal.throwIfAborted();
    try {
      return await call();
    } catch (error) {
      if (isApiError(error) && error.reason !== "unavailable") throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
