import type { Usage } from "@trunkline/contract";
import { type Clock, systemClock } from "./clock.ts";
import { type Deadline, checkStepBudget, effectiveBudget, startDeadline } from "./budget-meter.ts";
import { ApprovalLedger } from "./approval-ledger.ts";
import { CallGuard } from "./call-guard.ts";
import { requestsFor } from "./call-permission.ts";
import { FIRST_BYTE_TIMEOUT_MS, INACTIVITY_TIMEOUT_MS } from "./limits.ts";
import type { Patience } from "./model-stream.ts";
import type { RunInput, RunOutcome, RunTask } from "./port.ts";
import { BudgetExceeded, RunFailure } from "./run-failure.ts";
import { RunRecorder } from "./run-recorder.ts";
import { takeStep } from "./step.ts";
import { SYSTEM_PROMPT } from "./system-prompt.ts";
import { type CallDeps, executeCall, refuseCall } from "./tool-call.ts";
import { toolDefinitions } from "./tool-definitions.ts";
import { type LastStep, type TaskProgress, TranscriptBuilder } from "./transcript.ts";

export interface LoopDeps {
  clock?: Clock;
  patience?: Patience;
}

const DEFAULT_PATIENCE: Patience = {
  firstByteMs: FIRST_BYTE_TIMEOUT_MS,
  inactivityMs: INACTIVITY_TIMEOUT_MS,
};

/**
 * The agent's loop: model, tools, model, until the model has nothing more to ask for. It keeps no state of its own;
 * where a task stands is what its log says, so any attempt, on any server, goes on from the last completed step.
 */
export function createRunTask({ clock = systemClock, patience = DEFAULT_PATIENCE }: LoopDeps = {}): RunTask {
  return async (input) => {
    const { taskId, sink, signal, budget } = input;
    const { transcript, ledger } = await readHistory(input);
    const recorder = new RunRecorder({
      taskId,
      sink,
      signal,
      project: (event) => {
        transcript.apply(event);
        ledger.apply(event, Number.MAX_SAFE_INTEGER);
      },
    });
    const progress = (): TaskProgress => progressOf(transcript, taskId);
    const limits = effectiveBudget(budget);
    using deadline = startDeadline(limits, progress(), clock);
    const stop = AbortSignal.any([signal, deadline.signal]);
    const { sessionId, ownerId, workspace } = input;
    const session = { sessionId, ownerId, workspace };
    const context = { ...input, ledger, recorder, clock, patience, signal: stop };

    const workOff = async (): Promise<RunOutcome> => {
      const guard = new CallGuard();
      for (;;) {
        const { pendingCalls, lastStep, steps } = progress();
        const tools = await input.tools.toolsOf(session);
        const deps = { ...context, tools };
        for (const call of pendingCalls) {
          stop.throwIfAborted();
          const outcome = await answerCall(deps, call, lastStep?.finishReason);
          if (outcome === null) {
            const approvals = requestsFor(deps, progress().pendingCalls);
            return { type: "input-required", approvals, questions: [] };
          }
          guard.note(call, outcome);
          stop.throwIfAborted();
        }
        if (lastStep !== null && lastStep.toolCalls.length === 0) {
          return { type: "completed", result: await finish(recorder, lastStep), usage: progress().usage };
        }
        checkStepBudget(limits, progress());
        await takeStep({ ...deps, hasCall: (callId) => transcript.hasCall(callId) }, steps + 1, {
          prompt: transcript.prompt(SYSTEM_PROMPT, takesReasoningBack(input)),
          tools: toolDefinitions(tools),
        });
      }
    };

    try {
      return await workOff();
    } catch (error) {
      return await failedOutcome(error, { signal, deadline, recorder, usage: progress().usage });
    }
  };
}

async function readHistory({ history, importedSeq, signal }: RunInput) {
  const transcript = new TranscriptBuilder();
  const ledger = new ApprovalLedger(importedSeq);
  for await (const event of history) {
    signal.throwIfAborted();
    transcript.apply(event);
    ledger.apply(event, event.seq);
  }
  return { transcript, ledger };
}

function progressOf(transcript: TranscriptBuilder, taskId: string): TaskProgress {
  const progress = transcript.progress(taskId);
  if (progress === null) throw new Error(`the history of task ${taskId} does not say that it started`);
  return progress;
}

/**
 * Executes a call, unless the answer that it came with was cut: then no one knows whether it is whole.
 * @returns null where somebody has to allow it first.
 */
async function answerCall(
  deps: CallDeps,
  call: LastStep["toolCalls"][number],
  finishReason: LastStep["finishReason"] | undefined,
) {
  if (finishReason === "length") {
    return refuseCall(
      deps,
      call,
      "Not executed: the answer was cut at the model's output limit. Make smaller calls",
    );
  }
  if (finishReason === "content-filter") {
    return refuseCall(deps, call, "Not executed: the answer was cut by the provider's content filter");
  }
  return executeCall(deps, call);
}

const CUT_ANSWERS: Partial<Record<LastStep["finishReason"], string>> = {
  length: "The answer was cut at the model's output limit",
  "content-filter": "The answer was cut by the provider's content filter",
};

async function finish(recorder: RunRecorder, { text, finishReason }: LastStep): Promise<string> {
  const message = CUT_ANSWERS[finishReason];
  if (message !== undefined) await recorder.record({ type: "notice", data: { level: "warning", message } });
  return text;
}

/** OpenAI-compatible servers expect the reasoning of the current turn back; the others want signatures that we do not keep. */
function takesReasoningBack({ model }: RunInput): boolean {
  return model.name.startsWith("openai-compatible:");
}

/** @throws what is no outcome of the run itself: the caller's abort, a lost store, a bug. */
async function failedOutcome(
  error: unknown,
  context: { signal: AbortSignal; deadline: Deadline; recorder: RunRecorder; usage: Usage },
): Promise<RunOutcome> {
  const { signal, deadline, recorder, usage } = context;
  signal.throwIfAborted();
  if (error instanceof RunFailure) return { type: "failed", reason: "error", error: error.error, usage };
  const exceeded: unknown = deadline.signal.aborted ? deadline.signal.reason : error;
  if (!(exceeded instanceof BudgetExceeded)) throw error;
  await recorder.record({ type: "budget.exceeded", data: exceeded.data });
  return { type: "failed", reason: "budget", error: exceeded.toTaskError(), usage };
}

export const runTask: RunTask = createRunTask();
