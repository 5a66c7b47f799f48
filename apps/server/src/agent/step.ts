import type { LanguageModelV4FunctionTool, LanguageModelV4Prompt } from "@ai-sdk/provider";
import type { Effort } from "@trunkline/contract";
import type { Tool } from "../tools/port.ts";
import type { Prices } from "../usage/port.ts";
import { AnswerBlocks } from "./answer-blocks.ts";
import type { Clock } from "./clock.ts";
import { describeCall } from "./described-call.ts";
import { distinctCallIds } from "./distinct-call-ids.ts";
import { faultContextOf } from "./fault-context.ts";
import { MAX_LIMIT_WAIT_MS, RETRY_AFTER_MAX_MS } from "./limits.ts";
import { callModel } from "./model-call.ts";
import type { ResolvedModel, RunEvent, RunSink } from "./port.ts";
import { ProviderFault } from "./provider-fault.ts";
import { withAcceptedTools } from "./refused-tools.ts";
import { retryDelayMs, retryNotice, triesOf } from "./retry-policy.ts";
import { LimitReached, RunFailure } from "./run-failure.ts";
import type { RunState } from "./run-state.ts";
import { textOf } from "./transcript/turn.ts";

export interface ModelDeps {
  model: ResolvedModel;
  effort?: Effort | undefined;
  sink: RunSink;
  state: RunState;
  prices: Prices;
  clock: Clock;
  /** Ends the call: canceled, shut down or out of time. */
  signal: AbortSignal;
  onModelCall?: OnModelCall | undefined;
}

/** @param outcome `ok`, `aborted`, the code of the provider's fault, or `other` */
export type OnModelCall = (model: string, outcome: string, durationMs: number) => void;

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

/** An answer that calls nothing: the task's last, unless the user has said something meanwhile. */
export interface LastAnswer {
  text: string;
  /** Not recorded yet: the task's end is committed with them. */
  events: readonly RunEvent[];
}

/**
 * Gets one complete answer from the model and records it. A retried step starts over with `step.started`; nothing of
 * the cut-off answer is kept.
 * @returns the answer instead of recording it, if it ends the task.
 * @throws as `tryModel`
 */
export async function takeStep(deps: ModelDeps, prepared: PreparedStep): Promise<LastAnswer | null> {
  const { model, sink, state, prices, clock, signal, effort = model.effort } = deps;
  const { step, prompt, tools, definitions } = prepared;
  const asked = effort === undefined ? {} : { effort };
  let blocks = new AnswerBlocks();
  return tryModel(deps, {
    async call() {
      await state.record({ type: "step.started", data: { step, model: model.name, ...asked } });
      const notices = new Set<string>();
      blocks = new AnswerBlocks();
      const answer = await withAcceptedTools(
        { model: model.name, tools, definitions, step },
        (offered) =>
          callModel(
            {
              model: model.model,
              request: { prompt, tools: offered, effort },
              patience: model.patience,
              sink: { append: (events) => state.record(...events), delta: (event) => sink.delta(event) },
              signal,
              faultContext: faultContextOf(model),
              onNotice: (message) => notices.add(message),
            },
            blocks,
          ),
        (message) => notices.add(message),
      );
      const { usage, finishReason, toolCalls } = distinctCallIds(answer, (callId) =>
        state.transcript.hasCall(callId),
      );
      const described = toolCalls.map((call) => describeCall(tools, call));
      const data = {
        step,
        model: model.name,
        usage: await prices.price(model, usage, clock.date()),
        finishReason,
        toolCalls: described,
        workedMs: state.workedSinceStep(clock.date()),
      };
      const isWhole = blocks.isUntouched;
      const said = blocks.endAll();
      if (definitions.length > 0 && described.length === 0 && endsInWrittenCall(textOfBlocks(said))) {
        notices.add(WRITTEN_CALL);
      }
      const events: RunEvent[] = [...said, { type: "step.ended", data }, ...[...notices].map(warning)];
      if (isWhole && finishReason === "stop" && described.length === 0 && !state.mayBeSteered()) {
        return { text: textOfBlocks(said), events };
      }
      await state.record(...events);
      return null;
    },
    leftovers: () => blocks.endAll(),
  });
}

const WRITTEN_CALL =
  "The answer ends with a tool call that is written as text, so it was not carried out. The server of this model does not read tool calls: " +
  "start it with a tool parser (llama.cpp: --jinja; vLLM: --enable-auto-tool-choice and --tool-call-parser), or choose another model";

/** How models write calls, which their server should have read. */
const CALL_TAGS = ["tool_call", "function_call"];

function endsInWrittenCall(text: string): boolean {
  const end = text.trimEnd();
  return CALL_TAGS.some((tag) => end.endsWith(`</${tag}>`) && end.includes(`<${tag}>`));
}

function textOfBlocks(events: readonly RunEvent[]): string {
  return textOf(
    events.flatMap((event) =>
      event.type === "text.ended" ? [{ kind: "text" as const, ...event.data }] : [],
    ),
  );
}

export function warning(message: string): RunEvent {
  return { type: "notice", data: { level: "warning", message } };
}

/**
 * Calls the model until it answers. When the provider fails, the partial answer is closed, a notice is written, and the
 * call is repeated after a delay.
 * @throws RunFailure on a permanent failure; LimitReached if the provider accepts no calls for long; ProviderFault if
 * the prompt is too long for the model
 */
export async function tryModel<T>(
  {
    model,
    state,
    clock,
    signal,
    onModelCall,
  }: Pick<ModelDeps, "model" | "state" | "clock" | "signal" | "onModelCall">,
  attempt: { call(): Promise<T>; leftovers(): RunEvent[] },
): Promise<T> {
  for (let tries = 1; ; tries++) {
    const startedAt = performance.now();
    const ended = (outcome: string): void =>
      onModelCall?.(model.name, outcome, performance.now() - startedAt);
    try {
      const answer = await attempt.call();
      ended("ok");
      return answer;
    } catch (error) {
      ended(signal.aborted ? "aborted" : error instanceof ProviderFault ? error.code : "other");
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
