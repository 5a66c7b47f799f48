import type { LanguageModelV4FunctionTool, LanguageModelV4Prompt } from "@ai-sdk/provider";
import type { Tool } from "../tools/port.ts";
import { AnswerBlocks } from "./answer-blocks.ts";
import type { Clock } from "./clock.ts";
import { describeCall } from "./described-call.ts";
import { distinctCallIds } from "./distinct-call-ids.ts";
import { faultContextOf } from "./fault-context.ts";
import { MAX_LIMIT_WAIT_MS, RETRY_AFTER_MAX_MS } from "./limits.ts";
import { callModel } from "./model-call.ts";
import type { ResolvedModel, RunEvent, RunSink } from "./port.ts";
import { ProviderFault } from "./provider-fault.ts";
import { retryDelayMs, retryNotice, triesOf } from "./retry-policy.ts";
import { LimitReached, RunFailure } from "./run-failure.ts";
import type { RunState } from "./run-state.ts";

export interface ModelDeps {
  model: ResolvedModel;
  sink: RunSink;
  state: RunState;
  clock: Clock;
  /** Ends the call: canceled, shut down or out of time. */
  signal: AbortSignal;
}

/** Input of a model call. */
export interface PreparedStep {
  /** From 1 within the task, across attempts. */
  step: number;
  prompt: LanguageModelV4Prompt;
  tools: readonly Tool[];
  /** The tools as shown to the model. */
  definitions: LanguageModelV4FunctionTool[];
}

/** The provider says that the prompt is too long for the model. */
export const CONTEXT_OVERFLOW = "context_overflow";

/**
 * Gets one complete answer from the model and records it. A retried step starts over with `step.started`; nothing of
 * the cut-off answer is kept.
 * @throws as `tryModel`
 */
export async function takeStep(deps: ModelDeps, prepared: PreparedStep): Promise<void> {
  const { model, sink, state, signal } = deps;
  const { step, prompt, tools, definitions } = prepared;
  let blocks = new AnswerBlocks();
  await tryModel(deps, {
    async call() {
      await state.record({ type: "step.started", data: { step, model: model.name } });
      blocks = new AnswerBlocks();
      const answer = await callModel(
        {
          model: model.model,
          request: { prompt, tools: definitions },
          patience: model.patience,
          sink: { append: (events) => state.record(...events), delta: (event) => sink.delta(event) },
          signal,
          faultContext: faultContextOf(model),
        },
        blocks,
      );
      const { usage, finishReason, toolCalls } = distinctCallIds(answer, (callId) =>
        state.transcript.hasCall(callId),
      );
      const described = toolCalls.map((call) => describeCall(tools, call));
      const data = { step, model: model.name, usage, finishReason, toolCalls: described };
      await state.record(...blocks.endAll(), { type: "step.ended", data });
    },
    leftovers: () => blocks.endAll(),
  });
}

/**
 * Calls the model until it answers. When the provider fails, the partial answer is closed, a notice is written, and the
 * call is repeated after a delay.
 * @throws RunFailure on a permanent failure; LimitReached if the provider accepts no calls for long; ProviderFault if
 * the prompt is too long for the model
 */
export async function tryModel<T>(
  { state, clock, signal }: Pick<ModelDeps, "state" | "clock" | "signal">,
  attempt: { call(): Promise<T>; leftovers(): RunEvent[] },
): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt.call();
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof ProviderFault)) throw error;
      await state.record(...attempt.leftovers());
      if (error.code === CONTEXT_OVERFLOW) throw error;
      const waitMs = error.retryAfterMs ?? 0;
      if (error.retryable && waitMs > RETRY_AFTER_MAX_MS) {
        const until = Math.round(clock.date() + Math.min(waitMs, MAX_LIMIT_WAIT_MS));
        throw new LimitReached({ until, message: error.message }, { cause: error });
      }
      if (tries >= triesOf(error)) {
        throw new RunFailure(error.toTaskError(), { cause: error });
      }
      const delayMs = retryDelayMs(error, tries, clock.random());
      await state.record(retryNotice(error, tries, delayMs));
      await clock.wait(delayMs, signal);
    }
  }
}
