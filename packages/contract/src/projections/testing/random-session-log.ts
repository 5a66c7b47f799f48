import * as fc from "fast-check";
import { SessionLog } from "./session-log.ts";

type Ending = "complete" | "fail" | "cancel" | "interrupt";

interface Step {
  texts: string[];
  reasoning: string[];
  calls: { chunks: string[]; begins: boolean }[];
  /** The provider fails and the step is retried. */
  retried: boolean;
}

interface Run {
  steps: Step[];
  ending: Ending;
  /** Whether the last step is still running when the run ends. */
  cutOff: boolean;
  submitMeanwhile: boolean;
}

const pieces = fc.array(fc.string({ minLength: 1, maxLength: 3 }), { maxLength: 4 });

const step: fc.Arbitrary<Step> = fc.record({
  texts: pieces,
  reasoning: pieces,
  calls: fc.array(fc.record({ chunks: pieces, begins: fc.boolean() }), { maxLength: 3 }),
  retried: fc.boolean(),
});

const run: fc.Arbitrary<Run> = fc.record({
  steps: fc.array(step, { maxLength: 3 }),
  ending: fc.constantFrom<Ending>("complete", "fail", "cancel", "interrupt"),
  cutOff: fc.boolean(),
  submitMeanwhile: fc.boolean(),
});

/** Logs of whole sessions, including tasks with every outcome, crashes, retries and queued tasks. */
export const randomSessionLog: fc.Arbitrary<SessionLog> = fc.array(run, { maxLength: 4 }).map((runs) => {
  const log = new SessionLog();
  log.add("session.created", null, { title: "A session", model: null });
  for (const [index, part] of runs.entries()) writeTask(log, part, `task-${index}`);
  return log;
});

function writeTask(log: SessionLog, part: Run, taskId: string): void {
  log.submit(taskId);
  log.start(taskId);
  writeSteps(log, part, taskId, 1);
  if (part.ending === "interrupt") {
    log.add("task.interrupted", taskId, { attempt: 1, reason: "orphaned" });
    log.start(taskId, 2);
    writeSteps(log, { ...part, cutOff: false }, taskId, 2);
    log.complete(taskId);
  } else if (part.ending === "complete") log.complete(taskId);
  else if (part.ending === "cancel") log.add("task.canceled", taskId, { reason: "user", by: "you" });
  else {
    const error = { code: "broken", message: "It broke", retryable: true };
    log.add("task.failed", taskId, { reason: "error", error });
  }
}

function writeSteps(log: SessionLog, part: Run, taskId: string, attempt: number): void {
  for (const [index, { texts, reasoning, calls, retried }] of part.steps.entries()) {
    const id = `${taskId}/${attempt}/${index}`;
    const last = index === part.steps.length - 1;
    if (retried) {
      log.startStep(taskId, index + 1);
      writeBlock(log, taskId, `${id}/tried`, texts, true);
    }
    log.startStep(taskId, index + 1);
    for (const text of reasoning) log.add("reasoning.delta", taskId, { blockId: `${id}/r`, text });
    if (part.submitMeanwhile) log.submit(`${id}/queued`);
    log.add("reasoning.ended", taskId, { blockId: `${id}/r`, text: reasoning.join("") });
    const cut = last && part.cutOff;
    writeBlock(log, taskId, `${id}/t`, texts, !cut);
    if (cut) return;
    const asked = calls.map((_, call) => ({ callId: `${id}/${call}`, tool: "bash", input: { call } }));
    log.endStep(taskId, asked, index + 1);
    for (const [call, { chunks, begins }] of calls.entries()) {
      const callId = `${id}/${call}`;
      if (begins) log.add("tool.called", taskId, { callId, tool: "bash", input: { call } });
      for (const chunk of begins ? chunks : []) log.add("tool.progress", taskId, { callId, chunk });
      const status = begins ? "succeeded" : "denied";
      log.add("tool.ended", taskId, { callId, status, output: chunks.join(""), durationMs: call });
    }
  }
}

function writeBlock(log: SessionLog, taskId: string, blockId: string, texts: string[], ends: boolean): void {
  log.say(taskId, blockId, ...texts);
  if (ends) log.endText(taskId, blockId, texts.join(""));
}
