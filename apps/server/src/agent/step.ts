import type { LanguageModelV4CallOptions } from "@ai-sdk/provider";
import { AnswerBlocks } from "./answer-blocks.ts";
import type { Clock } from "./clock.ts";
import { MAX_STEP_TRIES } from "./limits.ts";
import { type Answer, callModel } from "./model-call.ts";
import type { Patience } from "./model-stream.ts";
import type { ResolvedModel, RunSink } from "./port.ts";
import { ProviderFault } from "./provider-fault.ts";
import { retryDelayMs } from "./retry-policy.ts";
import { RunFailure } from "./run-failure.ts";
import type { RunRecorder } from "./run-recorder.ts";
import { distinctCallIds } from "./distinct-call-ids.ts";

export interface StepDeps {
  model: ResolvedModel;
  sink: RunSink;
  recorder: RunRecorder;
  clock: Clock;
  patience: Patience;
  /** Ends the step: canceled, shut down or out of time. */
  signal: AbortSignal;
  /** Whether the session knows a call of this id already. */
  hasCall: (callId: string) => boolean;
}

/**
 * Gets one whole answer from the model and records it. Where the provider fails, what it said so far is closed, a
 * notice says so, and after a wait the step begins anew: from `step.started`, with nothing kept of the answer that was cut.
 * @throws RunFailure where it fails for good.
 */
export async function takeStep(
  deps: StepDeps,
  step: number,
  options: Pick<LanguageModelV4CallOptions, "prompt" | "tools">,
): Promise<Answer> {
  const { model, sink, recorder, clock, signal, patience } = deps;
  const faultContext = { model: model.name, redact: model.redact ?? ((text: string) => text) };
  for (let tries = 1; ; tries++) {
    await recorder.record({ type: "step.started", data: { step, model: model.name } });
    const blocks = new AnswerBlocks();
    try {
      const call = { model: model.model, options, patience, sink, signal, faultContext };
      const answer = distinctCallIds(await callModel(call, blocks), deps.hasCall);
      await recorder.record(...blocks.endAll(), { type: "step.ended", data: { step, ...answer } });
      return answer;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof ProviderFault)) throw error;
      if (!error.retryable || tries === MAX_STEP_TRIES) {
        await recorder.record(...blocks.endAll());
        throw new RunFailure(error.toTaskError(), { cause: error });
      }
      const delayMs = retryDelayMs(error, tries, clock.random());
      await recorder.record(...blocks.endAll(), retryNotice(error, tries, delayMs));
      await clock.wait(delayMs, signal);
    }
  }
}

function retryNotice(fault: ProviderFault, tries: number, delayMs: number) {
  const seconds = Math.ceil(delayMs / 100) / 10;
  const message = `${fault.message}. Trying again in ${seconds} s (try ${tries + 1} of ${MAX_STEP_TRIES})`;
  return { type: "notice" as const, data: { level: "warning" as const, message } };
}
