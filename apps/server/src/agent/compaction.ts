import type { EventDataOf, Usage } from "@trunkline/contract";
import { callForText } from "./call-for-text.ts";
import { type Unit, unitsToSumUp } from "./compaction-units.ts";
import { MAX_OVERFLOWS, MAX_SUMMARY_LENGTH, MAX_TRANSCRIPT_LENGTH } from "./limits.ts";
import { ProviderFault } from "./provider-fault.ts";
import { RunFailure } from "./run-failure.ts";
import { shortened } from "./shortened-text.ts";
import { CONTEXT_OVERFLOW, type ModelDeps, tryModel } from "./step.ts";
import { digestOf } from "./summary-digest.ts";
import { conversationText, SUMMARY_PROMPT } from "./summary-request.ts";

/** Share of the model's window at which the conversation is summarised before it overflows. */
const NEARLY_FULL = 0.85;

/** @returns whether a summary was needed and possible. */
export async function compactIfNearlyFull(deps: ModelDeps): Promise<boolean> {
  const { transcript } = deps.state;
  const room = promptRoom(deps.model);
  const tokens = transcript.estimatedTokens;
  const isNearlyFull = room !== null && tokens !== null && tokens > room;
  const isTooLong = transcript.length > MAX_TRANSCRIPT_LENGTH * NEARLY_FULL || transcript.isCut;
  if (!isNearlyFull && !isTooLong) return false;
  return compact(deps, Math.floor(transcript.length / 2));
}

/** Tokens that a prompt may have: a provider refuses one that leaves no room for the answer that is asked for. Null: unknown. */
function promptRoom({ contextTokens, maxOutputTokens = 0 }: ModelDeps["model"]): number | null {
  if (contextTokens === undefined) return null;
  const besideAnswer = contextTokens - maxOutputTokens;
  // A limit of all models may be larger than the window of a small one: then it is the provider's to refuse.
  return besideAnswer > 0 ? Math.min(contextTokens * NEARLY_FULL, besideAnswer) : contextTokens * NEARLY_FULL;
}

/**
 * The model rejected the prompt as too long: summarises enough to halve it.
 * @param overflows in a row, from 1
 * @throws RunFailure if there is nothing left to summarise, or it happens too often
 */
export async function compactAfterOverflow(deps: ModelDeps, overflows: number): Promise<void> {
  const length = Math.floor(deps.state.transcript.length / 2);
  if (overflows > MAX_OVERFLOWS || !(await compact(deps, length))) throw noRoom(deps);
}

function noRoom({ model }: ModelDeps): RunFailure {
  return new RunFailure({
    code: CONTEXT_OVERFLOW,
    message:
      `The task doesn't fit into the context window of '${model.name}', even with everything before it summarized. ` +
      "Use a model with a larger window, or send a shorter prompt",
    retryable: false,
  });
}

/**
 * Replaces the older part of the conversation with a summary. The newest part stays verbatim, up to a third of the
 * length.
 * @param length maximum of the conversation afterwards, in UTF-16 units
 * @returns false if there was nothing to summarise
 */
async function compact(deps: ModelDeps, length: number): Promise<boolean> {
  const { state } = deps;
  const { transcript } = state;
  const units = unitsToSumUp(transcript, Math.floor(length / 3));
  const upToSeq = units.at(-1)?.endSeq;
  if (upToSeq === undefined) return false;
  const maxLength = Math.min(MAX_SUMMARY_LENGTH, Math.max(MIN_SUMMARY_LENGTH, Math.floor(length / 3)));
  const written = await writeSummary(deps, units, length);
  const summary = shortened(written?.text ?? digestOf(transcript.summary, units, maxLength), maxLength);
  const unfinished = transcript.turns.filter(({ ending }) => ending === null);
  const carried = {
    ...state.ledger.carried,
    ...state.cutOffAnswers.carried,
    tasks: unfinished.map((turn) => ({ taskId: turn.taskId, ...turn.workUpTo(upToSeq) })),
  };
  const data: EventDataOf<"context.compacted"> = { upToSeq, summary, carried };
  if (written !== null) {
    const usage = await deps.prices.price(deps.model, written.usage, deps.clock.date());
    Object.assign(data, { model: deps.model.name, usage });
  }
  await state.record({ type: "context.compacted", data });
  return true;
}

const MIN_SUMMARY_LENGTH = 500;

/** Attempts at a summary, each with half as much text as the last, if the request is too long as well. */
const MAX_SUMMARY_TRIES = 4;

/** @returns null if the model writes none, or even the shortened request is too long. */
async function writeSummary(
  deps: ModelDeps,
  units: readonly Unit[],
  length: number,
): Promise<{ text: string; usage: Usage } | null> {
  for (let tries = 0; tries < MAX_SUMMARY_TRIES; tries++) {
    const conversation = conversationText(
      deps.state.transcript.summary,
      units,
      Math.floor(length / 2 ** tries),
    );
    try {
      const { text, usage } = await tryModel(deps, {
        call: () => callForText(deps, { system: SUMMARY_PROMPT, text: conversation }),
        leftovers: () => [],
      });
      // Some models call a tool here, although they are given none.
      return text.trim() === "" ? null : { text: text.trim(), usage };
    } catch (error) {
      // Without a summary by the model, build one from the log.
      if (error instanceof RunFailure && error.error.code === "provider_no_answer") return null;
      if (!(error instanceof ProviderFault)) throw error;
    }
  }
  return null;
}
